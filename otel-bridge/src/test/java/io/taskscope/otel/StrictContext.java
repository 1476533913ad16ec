// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** After every test of the module, when it has cleaned up: no context was left current anywhere. */
public final class StrictContext implements AfterEachCallback {
  @Override
  public void afterEach(ExtensionContext test) throws Exception {
    Strict.assertNoContextLeaked();
  }
}
