// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console;

/** What the exit codes of the command line mean; {@code --help} lists them. */
final class ExitCode {
  static final int OK = 0;
  static final int DEFECT = 1;
  static final int USAGE = 2;
  static final int UNREADABLE = 3;
  static final int NOT_OURS = 4;
  static final int IN_PART = 5;

  static final String HELP =
      "Exit codes: 0 all was read; 1 a defect of this tool; 2 wrong option; 3 the file cannot be"
          + " read as a recording; 4 the recording holds no Taskscope events; 5 the recording is"
          + " damaged, and what could be read of it was reported.";

  private ExitCode() {}
}
