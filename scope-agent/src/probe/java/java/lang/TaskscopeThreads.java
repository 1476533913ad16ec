// SPDX-License-Identifier: Apache-2.0
package java.lang;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import jdk.internal.misc.Unsafe;
import jdk.internal.vm.Continuation;

/**
 * What the probe has to know of a thread that is about to start. Takes method handles and
 * reflection, and so is kept out of the way of thread switches.
 */
final class TaskscopeThreads {
  private static final Unsafe U = Unsafe.getUnsafe();
  private static final long CONTINUATION = U.objectFieldOffset(VirtualThread.class, "cont");
  private static final long TARGET = U.objectFieldOffset(Continuation.class, "target");
  private static final long HOLDER = U.objectFieldOffset(Thread.class, "holder");
  private static final int MAX_WRAPPERS = 5;
  private static final MethodHandle SET;
  private static final long TASK;

  static {
    try {
      SET =
          MethodHandles.privateLookupIn(ThreadLocal.ThreadLocalMap.class, MethodHandles.lookup())
              .findVirtual(
                  ThreadLocal.ThreadLocalMap.class,
                  "set",
                  MethodType.methodType(void.class, ThreadLocal.class, Object.class));
      TASK = U.objectFieldOffset(Class.forName("java.lang.Thread$FieldHolder"), "task");
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final Field SCHEDULER = schedulerField();

  private static Field schedulerField() {
    for (Field field : VirtualThread.class.getDeclaredFields()) {
      if (Modifier.isStatic(field.getModifiers())
          && Executor.class.isAssignableFrom(field.getType())
          && field.getName().endsWith("SCHEDULER")) {
        return field;
      }
    }
    throw new ExceptionInInitializerError("VirtualThread has no scheduler");
  }

  private static final Object SCHEDULER_BASE = U.staticFieldBase(SCHEDULER);
  private static final long SCHEDULER_OFFSET = U.staticFieldOffset(SCHEDULER);

  /** Whether it is the pool that runs virtual threads, which may not be there yet. */
  static boolean isScheduler(Object pool) {
    return pool == U.getReference(SCHEDULER_BASE, SCHEDULER_OFFSET);
  }

  /** Where a wrapper of java.util.concurrent keeps what the application gave; -1 where none. */
  private static final ClassValue<Long> WRAPPED =
      new ClassValue<>() {
        @Override
        protected Long computeValue(Class<?> wrapper) {
          if (wrapper.getModule() != Object.class.getModule()) {
            return -1L;
          }
          for (Class<?> at = wrapper; at != Object.class; at = at.getSuperclass()) {
            for (Field field : at.getDeclaredFields()) {
              Class<?> type = field.getType();
              if (!Modifier.isStatic(field.getModifiers())
                  && (type == Runnable.class
                      || type == Callable.class
                      || type.getPackageName().equals("java.util.function"))) {
                return U.objectFieldOffset(field);
              }
            }
          }
          return -1L;
        }
      };

  /** The application's part of what a thread or pool runs. */
  static Object named(Object body) {
    Object at = body;
    for (int depth = 0; at != null && depth < MAX_WRAPPERS; depth++) {
      long inside = at.getClass().isHidden() ? -1 : WRAPPED.get(at.getClass());
      Object next = inside < 0 ? null : U.getReference(at, inside);
      if (next == null) {
        return at;
      }
      at = next;
    }
    return at;
  }

  /** Whether threads of this class, or that run a body of it, are the JDK's own. */
  private static final ClassValue<Boolean> SERVICE =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
          Module module = type.getModule();
          ClassLoader loader = module.getClassLoader();
          return module.isNamed()
              && (loader == null || loader == ClassLoader.getPlatformClassLoader())
              && !module.isExported(type.getPackageName());
        }
      };

  /** Where the wrapper of a virtual thread keeps what it was given to run; -1 where it does not. */
  private static final ClassValue<Long> BODY =
      new ClassValue<>() {
        @Override
        protected Long computeValue(Class<?> wrapper) {
          for (Field field : wrapper.getDeclaredFields()) {
            if (field.getType() == Runnable.class) {
              return U.objectFieldOffset(field);
            }
          }
          return -1L;
        }
      };

  private TaskscopeThreads() {}

  /** Only for a thread that does not run yet. */
  @SuppressWarnings("rawtypes") // as the JDK has it
  static void setContext(Thread thread, ThreadLocal<?> key, Object context) throws Throwable {
    ThreadLocal.ThreadLocalMap map = thread.inheritableThreadLocals();
    if (map == null) {
      thread.setInheritableThreadLocals(new ThreadLocal.ThreadLocalMap(key, context));
    } else {
      SET.invokeExact(map, (ThreadLocal) key, context);
    }
  }

  /** What a thread runs; null where that cannot be told. */
  static Object body(Thread thread) {
    if (thread instanceof VirtualThread) {
      Object wrapper = U.getReference(U.getReference(thread, CONTINUATION), TARGET);
      long at = wrapper == null ? -1 : BODY.get(wrapper.getClass());
      return at < 0 ? null : U.getReference(wrapper, at);
    }
    Object holder = U.getReference(thread, HOLDER);
    return holder == null ? null : U.getReference(holder, TASK);
  }

  /** Whether it is a thread of the JDK's own. */
  static boolean isService(Thread thread) {
    if (!(thread instanceof BaseVirtualThread) && SERVICE.get(thread.getClass())) {
      return true;
    }
    Object body = body(thread);
    return body != null && (SERVICE.get(body.getClass()) || isOfBase(named(body).getClass()));
  }

  /**
   * Whether java.base keeps the class to itself. Its threads that wait for the network are virtual
   * ones of an executor, made by the first thread that does so; interrupted, they would never wait
   * again. Other modules of the JDK give what is the application's to the application's executors.
   */
  private static boolean isOfBase(Class<?> type) {
    return type.getModule() == Object.class.getModule() && SERVICE.get(type);
  }
}
