package dev.tailrace.support.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file that holds one secret and nothing else, as Kubernetes and Docker mount them: UTF-8, at
 * most 64 KiB; one line end at its end is not part of it.
 *
 * <p>Threading: stateless.
 */
final class SecretFile {
  /** Room for a chain of certificates. */
  static final int MOST_BYTES = 64 << 10;

  private static final int LONGEST_NAME = 255;

  private SecretFile() {}

  /**
   * Reads it.
   *
   * @param key of the setting that names it and where that was given, for messages
   * @throws SettingException when it cannot be had; the message holds nothing that is in it
   */
  static String read(String key, String name) {
    byte[] bytes;
    try {
      bytes = bytes(Path.of(name));
    } catch (NoSuchFileException e) {
      throw refusal(key, name, "is not there", e);
    } catch (AccessDeniedException e) {
      throw refusal(key, name, "may not be read by this user", e);
    } catch (InvalidPathException e) {
      throw refusal(key, name, "is no path", e);
    } catch (IOException e) {
      throw refusal(key, name, "cannot be read", e);
    }
    if (bytes.length > MOST_BYTES) {
      throw refusal(key, name, "has more than %,d bytes".formatted(MOST_BYTES), null);
    }
    String secret = withoutLineEnd(text(key, name, bytes));
    if (secret.isBlank()) {
      throw refusal(key, name, "is empty", null);
    }
    return secret;
  }

  /** One more than is allowed at most: it may be a device that never ends. */
  private static byte[] bytes(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(MOST_BYTES + 1);
    }
  }

  private static String text(String key, String name, byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw refusal(key, name, "is not UTF-8", null);
    }
  }

  private static String withoutLineEnd(String text) {
    if (text.endsWith("\r\n")) {
      return text.substring(0, text.length() - 2);
    }
    return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }

  private static SettingException refusal(
      String key, String name, String why, @Nullable Exception cause) {
    if (!isFilesName(name)) {
      return new SettingException(
          key + " names no file: it is to be the name of one that holds the secret");
    }
    String message = "%s: the file %s %s".formatted(key, name, why);
    return cause == null ? new SettingException(message) : new SettingException(message, cause);
  }

  /** Or it may be the secret itself, given by mistake, which is not to be printed. */
  private static boolean isFilesName(String name) {
    if (name.length() > LONGEST_NAME || name.chars().anyMatch(Character::isISOControl)) {
      return false;
    }
    try {
      Path file = Path.of(name);
      Path folder = file.getParent();
      return Files.exists(file)
          || (folder != null && folder.getNameCount() > 0 && Files.isDirectory(folder));
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
