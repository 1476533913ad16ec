// SPDX-License-Identifier: Apache-2.0
package io.taskscope.view;

import io.taskscope.Outcome;
import io.taskscope.TaskOrigin;
import io.taskscope.TaskState;
import io.taskscope.TaskTimes;
import org.jspecify.annotations.Nullable;

/**
 * A task as it was when asked.
 *
 * @param id unique within the JVM's life
 * @param name low-cardinality name, such as {@code GET /users/{id}}
 * @param path the path of its scope
 * @param state where it stood
 * @param origin how it came to be a member of its scope
 * @param outcome how it ended; null while it lives
 * @param parentId the id of the task that created it; 0 when it was created outside of any task
 * @param thread the name of its thread; null when it had none
 * @param times where its time went
 */
public record TaskView(
    long id,
    String name,
    String path,
    TaskState state,
    TaskOrigin origin,
    @Nullable Outcome outcome,
    long parentId,
    @Nullable String thread,
    TaskTimes times) {}
