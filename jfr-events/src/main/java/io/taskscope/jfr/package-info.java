// SPDX-License-Identifier: Apache-2.0
/**
 * Writes what happens in the scope tree into JDK Flight Recorder, so that a recording tells which
 * task and scope every other event of a thread belongs to. {@link
 * io.taskscope.jfr.JfrEvents#install} turns it on.
 */
@NullMarked
package io.taskscope.jfr;

import org.jspecify.annotations.NullMarked;
