package dev.tailrace.benchmarks;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.jspecify.annotations.Nullable;

/**
 * What another JVM says of itself while it is under load: the bytes that its threads have
 * allocated, to the byte, and how long it stood still at each safepoint, collections among them. It
 * asks over JMX, whose answers allocate some kilobytes there, and has that JVM log its safepoints
 * to a file until it is closed.
 *
 * <p>Threading: one thread's; waits for the answers.
 */
final class JvmProbe implements AutoCloseable {
  private static final Pattern STOP =
      Pattern.compile("(?m)^Safepoint \"([^\"]+)\".* Total:\\s+([0-9]+) ns");
  private static final String LONGEST_ANSWER_MS = "20000";

  private final JMXConnector connector;
  private final MBeanServerConnection server;
  private final String collector;
  private final Path log;

  /**
   * What a JVM has done so far.
   *
   * @param stops since the probe was attached, the oldest first; null when its log cannot be read
   */
  record JvmUse(String collector, long allocatedBytes, @Nullable List<Stop> stops) {}

  /** A time when no thread of the program ran; the reason is the JVM's word for it. */
  record Stop(String reason, long ns) {}

  private JvmProbe(JMXConnector connector, Path log) throws IOException, JMException {
    this.connector = connector;
    this.log = log;
    server = connector.getMBeanServerConnection();
    collector = collector(server);
    logSafepoints("output_options=filecount=0", "what=safepoint=info", "decorators=none");
  }

  // The address is what that JVM itself has just told.
  @SuppressWarnings("BanJNDI")
  private static JMXConnector connect(String address) throws IOException {
    return JMXConnectorFactory.connect(new JMXServiceURL(address));
  }

  /** On that process; null when it is no JVM, is this one, or lets nobody in. */
  static @Nullable JvmProbe attach(ProcessProbe process) {
    if (process.pid() == ProcessHandle.current().pid() || !process.isJvm()) {
      return null;
    }
    // A JVM that hangs must not have this one wait for ever. It is read when RMI is first used.
    System.setProperty("sun.rmi.transport.tcp.responseTimeout", LONGEST_ANSWER_MS);
    try {
      VirtualMachine machine = VirtualMachine.attach(Long.toString(process.pid()));
      String address;
      try {
        address = machine.startLocalManagementAgent();
      } finally {
        machine.detach();
      }
      // The JVM makes the file; one that is there it would keep under another name.
      Path log = Files.createTempFile("tailrace-safepoints", ".log");
      Files.delete(log);
      return new JvmProbe(connect(address), log);
    } catch (IOException | JMException | AttachNotSupportedException e) {
      return null;
    }
  }

  /** Such as G1: the first word of its beans' names, or all of them where they differ. */
  private static String collector(MBeanServerConnection server) throws IOException, JMException {
    Set<String> names = new TreeSet<>();
    for (ObjectName bean :
        server.queryNames(new ObjectName("java.lang:type=GarbageCollector,name=*"), null)) {
      names.add(bean.getKeyProperty("name").split(" ", 2)[0]);
    }
    return String.join("/", names);
  }

  private void logSafepoints(String... options) throws IOException, JMException {
    List<String> arguments = new ArrayList<>(List.of("output=" + log));
    arguments.addAll(List.of(options));
    server.invoke(
        new ObjectName("com.sun.management:type=DiagnosticCommand"),
        "vmLog",
        new Object[] {arguments.toArray(new String[0])},
        new String[] {String[].class.getName()});
  }

  /** Up to now; null when it does not answer. */
  @Nullable JvmUse use() {
    try {
      Object allocated =
          server.getAttribute(
              new ObjectName("java.lang:type=Threading"), "TotalThreadAllocatedBytes");
      return new JvmUse(collector, (Long) allocated, stops());
    } catch (IOException | JMException e) {
      return null;
    }
  }

  private @Nullable List<Stop> stops() {
    try {
      return stops(Files.readString(log));
    } catch (IOException e) {
      return null;
    }
  }

  /** From the lines of a log of safepoints; a line that is not whole yet is left out. */
  static List<Stop> stops(String lines) {
    List<Stop> stops = new ArrayList<>();
    Matcher line = STOP.matcher(lines);
    while (line.find()) {
      stops.add(new Stop(line.group(1), Long.parseLong(line.group(2))));
    }
    return stops;
  }

  @Override
  public void close() {
    leave();
    try {
      Files.deleteIfExists(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void leave() {
    try {
      logSafepoints("what=all=off");
      connector.close();
    } catch (IOException | JMException e) {
      // It has ended, and its log with it.
      return;
    }
  }
}
