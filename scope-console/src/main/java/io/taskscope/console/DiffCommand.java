// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
@Command(name = "diff")
final class DiffCommand implements Callable<Integer> {
  @Override
  public Integer call() { return 0; }
}
