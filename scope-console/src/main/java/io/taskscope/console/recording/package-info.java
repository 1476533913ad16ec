// SPDX-License-Identifier: Apache-2.0
/**
 * Reads recordings of the JDK Flight Recorder in one pass, only the events and fields that are
 * asked for, in bounded memory, and as much as can be read of a damaged file.
 */
@NullMarked
package io.taskscope.console.recording;

import org.jspecify.annotations.NullMarked;
