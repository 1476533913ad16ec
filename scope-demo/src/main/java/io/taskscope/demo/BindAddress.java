// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import java.net.Inet6Address;
import java.net.InetAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An address of this machine to listen on. Never a name, which would have to be looked up. */
final class BindAddress implements ITypeConverter<InetAddress> {
  @Override
  public InetAddress convert(String text) {
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(
          "\"%s\" is no address: write 127.0.0.1 for this machine only, or 0.0.0.0 for all networks"
              .formatted(text));
    }
  }

  /** What a client on this machine connects to, as it stands in a URL. */
  static String inUrl(InetAddress bound) {
    if (bound.isAnyLocalAddress()) {
      return "127.0.0.1";
    }
    return bound instanceof Inet6Address
        ? "[" + bound.getHostAddress() + "]"
        : bound.getHostAddress();
  }
}
