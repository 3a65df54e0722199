package dev.tailrace.system.faults;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file system in memory that is soon full.
 *
 * <p>Threading: one test thread.
 */
final class SmallDisk implements AutoCloseable {
  private static final int STEP_BYTES = 64 << 10;

  private final Path folder;

  private SmallDisk(Path folder) {
    this.folder = folder;
  }

  /** Whether this user may mount one; tries it. */
  static boolean isPossible() throws IOException {
    Path folder = Files.createTempDirectory("tailrace-disk-");
    boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.toString()) == 0;
    if (mounted) {
      run("umount", folder.toString());
    }
    Files.delete(folder);
    return mounted;
  }

  /** Mounts one at this folder. */
  static SmallDisk mount(Path folder, int megabytes) throws IOException {
    Files.createDirectories(folder);
    int code =
        run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", folder.toString());
    if (code != 0) {
      throw new IOException("mount ended with " + code);
    }
    return new SmallDisk(folder);
  }

  private static int run(String... command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(command[0]);
    }
  }

  /** Writes this file until nothing more fits. */
  static void fill(Path ballast) throws IOException {
    byte[] zeros = new byte[STEP_BYTES];
    try (OutputStream out = Files.newOutputStream(ballast)) {
      while (true) {
        out.write(zeros);
      }
    } catch (IOException e) {
      if (Files.size(ballast) == 0) {
        throw e;
      }
    }
  }

  @Override
  public void close() throws IOException {
    int code = run("umount", folder.toString());
    if (code != 0) {
      throw new IOException("umount ended with " + code);
    }
  }
}
