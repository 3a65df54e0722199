package dev.tailrace.cli;

import dev.tailrace.support.config.Setting;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads {@code 250ms}, {@code 20s}, {@code 5m}, {@code 2h}, as settings do.
 *
 * <p>Threading: stateless.
 */
final class DurationConverter implements ITypeConverter<Duration> {
  private static final Setting<Duration> FORMAT = Setting.duration("time", "0s", "");

  @Override
  public Duration convert(String value) {
    try {
      return FORMAT.parser().apply(value);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException('"' + value + "\" " + e.getMessage());
    }
  }
}
