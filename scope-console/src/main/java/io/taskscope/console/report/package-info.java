// SPDX-License-Identifier: Apache-2.0
/** Reports in the forms that people and programs read: text, JSON, a page, collapsed stacks. */
@NullMarked
package io.taskscope.console.report;

import org.jspecify.annotations.NullMarked;
