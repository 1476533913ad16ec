// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The open {@code completions()} of one scope. */
final class Streams {
  private volatile List<CompletionBuffer<?>> open = List.of(); // guarded for writing by this
  private boolean ended; // guarded by this

  Completions<@Nullable Object> open() {
    CompletionBuffer<@Nullable Object> stream = CompletionBuffer.ofScope(this::remove);
    synchronized (this) {
      if (ended) {
        stream.end();
      } else {
        List<CompletionBuffer<?>> more = new ArrayList<>(open);
        more.add(stream);
        open = List.copyOf(more);
      }
    }
    return stream;
  }

  private synchronized void remove(CompletionBuffer<?> stream) {
    List<CompletionBuffer<?>> fewer = new ArrayList<>(open);
    fewer.remove(stream);
    open = List.copyOf(fewer);
  }

  /** Whether at least one reader gets the task. */
  boolean offer(TaskRun<?> task) {
    boolean taken = false;
    for (CompletionBuffer<?> stream : open) {
      taken |= stream.offer(task);
    }
    return taken;
  }

  /** The scope is closed: after what is there, nothing comes any more. */
  synchronized void end() {
    ended = true;
    open.forEach(CompletionBuffer::end);
  }
}
