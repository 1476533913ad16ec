// SPDX-License-Identifier: Apache-2.0
package io.taskscope.agent;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.instrument.ClassFileTransformer;
import java.security.ProtectionDomain;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Puts the hook points into the classes of the JDK. Stays registered, because another agent that
 * retransforms one of them would else take ours out.
 */
final class Transformer implements ClassFileTransformer {
  private final Map<String, List<HookPoint>> byClass;
  private final Set<HookPoint> matched = ConcurrentHashMap.newKeySet();
  private final Map<String, Throwable> failed = new ConcurrentHashMap<>();

  Transformer(List<HookPoint> points) {
    byClass = points.stream().collect(Collectors.groupingBy(HookPoint::owner));
  }

  Set<String> classes() {
    return byClass.keySet();
  }

  boolean hasMatched(HookPoint point) {
    return matched.contains(point);
  }

  /** What went wrong in a class, by its name. */
  Map<String, Throwable> failures() {
    return failed;
  }

  @Override
  public byte @Nullable [] transform(
      @Nullable Module module,
      @Nullable ClassLoader loader,
      @Nullable String name,
      @Nullable Class<?> redefined,
      @Nullable ProtectionDomain domain,
      byte[] bytes) {
    if (loader != null || name == null) {
      return null; // every class of the application comes by here
    }
    List<HookPoint> points = byClass.get(name);
    if (points == null) {
      return null;
    }
    try {
      return transform(bytes, points);
    } catch (Throwable strange) { // a class we do not understand stays as it is
      failed.put(name, strange);
      return null;
    }
  }

  private byte[] transform(byte[] bytes, List<HookPoint> points) {
    ClassFile classFile = ClassFile.of();
    ClassModel model = classFile.parse(bytes);
    Map<HookPoint, Boolean> here = new HashMap<>();
    byte[] changed =
        classFile.transformClass(
            model, (ClassBuilder builder, ClassElement e) -> change(builder, e, points, here));
    matched.addAll(here.keySet());
    return changed;
  }

  private static void change(
      ClassBuilder builder,
      ClassElement element,
      List<HookPoint> points,
      Map<HookPoint, Boolean> matched) {
    CodeTransform all = null;
    if (element instanceof MethodModel method) {
      for (HookPoint point : points) {
        if (point.matches(method)) {
          CodeTransform one = point.transform(done -> matched.put(done, true));
          all = all == null ? one : all.andThen(one);
        }
      }
      if (all != null) {
        builder.transformMethod(method, MethodTransform.transformingCode(all));
        return;
      }
    }
    builder.with(element);
  }
}
