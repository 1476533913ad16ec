// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Ctrl-C and SIGTERM. The first one only says so, and whoever waits here stops the demo in order;
 * the second one ends the JVM at once.
 *
 * <p>Not a shutdown hook: hooks run side by side, and Flight Recorder's own would end the recording
 * before the ordered shutdown is over.
 */
final class Signals {
  /** A signal the demo ends by. */
  enum Kind {
    /** Ctrl-C. */
    INT(130),
    /** What {@code kill} and container platforms send. */
    TERM(143);

    private final int exitCode;

    Kind(int exitCode) {
      this.exitCode = exitCode;
    }

    /**
     * What the process ends with, by the convention of shells: 128 and the number of the signal.
     */
    int exitCode() {
      return exitCode;
    }

    @Override
    public String toString() {
      return this == INT ? "Ctrl-C" : "SIG" + name();
    }
  }

  private final AtomicReference<@Nullable Kind> first = new AtomicReference<>();
  private final CountDownLatch arrived = new CountDownLatch(1);

  /** Takes the signals from now on. */
  static Signals install() {
    Signals signals = new Signals();
    for (Kind kind : Kind.values()) {
      signals.install(kind);
    }
    return signals;
  }

  /**
   * Waits for a signal.
   *
   * @return empty when none came in this time
   */
  Optional<Kind> await(Duration patience) throws InterruptedException {
    return arrived.await(patience.toNanos(), TimeUnit.NANOSECONDS)
        ? Optional.ofNullable(first.get())
        : Optional.empty();
  }

  private void receive(Kind kind) {
    if (!first.compareAndSet(null, kind)) {
      Runtime.getRuntime().halt(kind.exitCode());
    }
    arrived.countDown();
  }

  /**
   * Registers with {@code sun.misc.Signal}, the only way there is. By reflection, as the compiler's
   * warning about that class cannot be switched off and warnings are errors here.
   */
  private void install(Kind kind) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Runnable received = () -> receive(kind);
      MethodHandle run =
          MethodHandles.publicLookup()
              .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
              .bindTo(received);
      Object receiver =
          MethodHandleProxies.asInterfaceInstance(
              handler, MethodHandles.dropArguments(run, 0, signal));
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(kind.name()), receiver);
    } catch (ReflectiveOperationException e) {
      throw new StartException(
          "cannot take %s from the JVM (is it started with -Xrs?)".formatted(kind), e);
    }
  }
}
