// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import java.time.Duration;

/** What {@link OtelBridge.Builder} collects; immutable. */
record BridgeOptions(
    DetachedWork detachedWork,
    boolean pathInBaggage,
    boolean blockSpans,
    boolean shutdownTraces,
    Duration tickInterval,
    Duration heartbeatAfter) {

  static final BridgeOptions DEFAULT =
      new BridgeOptions(
          DetachedWork.OUTSIDE_THE_CREATORS_SCOPE,
          false,
          true,
          true,
          Duration.ofSeconds(1),
          Duration.ofSeconds(5));

  BridgeOptions withDetachedWork(DetachedWork value) {
    return new BridgeOptions(
        value, pathInBaggage, blockSpans, shutdownTraces, tickInterval, heartbeatAfter);
  }

  BridgeOptions withPathInBaggage(boolean value) {
    return new BridgeOptions(
        detachedWork, value, blockSpans, shutdownTraces, tickInterval, heartbeatAfter);
  }

  BridgeOptions withBlockSpans(boolean value) {
    return new BridgeOptions(
        detachedWork, pathInBaggage, value, shutdownTraces, tickInterval, heartbeatAfter);
  }

  BridgeOptions withShutdownTraces(boolean value) {
    return new BridgeOptions(
        detachedWork, pathInBaggage, blockSpans, value, tickInterval, heartbeatAfter);
  }

  BridgeOptions withTickInterval(Duration value) {
    return new BridgeOptions(
        detachedWork, pathInBaggage, blockSpans, shutdownTraces, value, heartbeatAfter);
  }

  BridgeOptions withHeartbeatAfter(Duration value) {
    return new BridgeOptions(
        detachedWork, pathInBaggage, blockSpans, shutdownTraces, tickInterval, value);
  }
}
