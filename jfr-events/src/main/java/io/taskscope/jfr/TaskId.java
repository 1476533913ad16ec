// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.MetadataDefinition;
import jdk.jfr.Relational;

/**
 * Marks a {@code long} field of an event that holds the id of a task, {@link io.taskscope.Task#id}.
 * Tools relate events whose fields bear the same mark, so put it on such fields of events of your
 * own too.
 */
@MetadataDefinition
@Relational
@Label("Task Id")
@Description("Identifies a task of Taskscope; 0 where there is no task")
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface TaskId {}
