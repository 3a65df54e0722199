package dev.tailrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import dev.tailrace.v1.Control;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.EdgeHeartbeat;
import dev.tailrace.v1.Event;
import dev.tailrace.v1.ServerFrame;
import dev.tailrace.v1.SlotRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The build check that refuses a wire-incompatible schema change. After a compatible one, {@code
 * mvn -pl schemas test -Dtailrace.schema.accept} writes the new baseline to be committed with it.
 */
class SchemaCompatibilityTest {
  private static final Path BASELINE = Path.of("src/test/resources/tailrace.v1.binpb");
  private static final FieldDescriptorProto ADDED_FIELD =
      FieldDescriptorProto.newBuilder()
          .setName("added")
          .setNumber(99)
          .setType(FieldDescriptorProto.Type.TYPE_STRING)
          .build();

  @Test
  void shouldStayCompatibleWithTheBaseline() throws Exception {
    check(BASELINE, current(), Boolean.getBoolean("tailrace.schema.accept"));
  }

  /** Compares first: a change that breaks others cannot be accepted. */
  private static void check(Path baselineFile, FileDescriptorSet now, boolean accept)
      throws Exception {
    assertThat(baselineFile).as("without a baseline nothing is checked").exists();
    FileDescriptorSet baseline = FileDescriptorSet.parseFrom(Files.readAllBytes(baselineFile));
    assertThat(SchemaCompatibility.breaks(baseline, now))
        .as("changes that break those who were built with the baseline")
        .isEmpty();
    if (accept) {
      Files.write(baselineFile, now.toByteArray());
    } else {
      assertThat(now)
          .as("the baseline is older than the .proto files: accept the change, see this class")
          .isEqualTo(baseline);
    }
  }

  @Test
  void shouldFailWithoutABaseline(@TempDir Path folder) {
    Path missing = folder.resolve("missing");
    assertThatThrownBy(() -> check(missing, current(), false)).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> check(missing, current(), true)).isInstanceOf(AssertionError.class);
    assertThat(missing).doesNotExist();
  }

  @Test
  void shouldAcceptACompatibleChangeOnlyWhenTold(@TempDir Path folder) throws Exception {
    Path baseline = Files.write(folder.resolve("baseline"), current().toByteArray());
    FileDescriptorSet grown = changed(m -> m.addField(ADDED_FIELD));
    assertThatThrownBy(() -> check(baseline, grown, false)).hasMessageContaining("is older than");
    check(baseline, grown, true);
    check(baseline, grown, false);
  }

  @Test
  void shouldNotAcceptAChangeThatBreaksOthers(@TempDir Path folder) throws Exception {
    Path baseline = Files.write(folder.resolve("baseline"), current().toByteArray());
    FileDescriptorSet broken = changed(m -> m.removeField(0));
    assertThatThrownBy(() -> check(baseline, broken, true)).hasMessageContaining("id = 1 is gone");
    check(baseline, current(), false);
  }

  @Test
  void shouldNameEachKindOfBreak() {
    assertBreaks(m -> m.setName("Renamed"), "tailrace.v1.Event is gone");
    assertBreaks(m -> m.removeField(0), "Event.id = 1 is gone");
    assertBreaks(m -> m.getFieldBuilder(0).setName("key"), "Event.id = 1 is now called key");
    assertBreaks(
        m -> m.getFieldBuilder(0).setType(FieldDescriptorProto.Type.TYPE_BYTES),
        "Event.id = 1 has another type");
    assertBreaks(
        m -> m.getFieldBuilder(1).setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL),
        "Event.users = 2 has another label");
  }

  @Test
  void shouldAllowWhatOldReadersCanLiveWith() {
    assertThat(
            breaksOf(
                m ->
                    m.removeField(0)
                        .addReservedName("id")
                        .addReservedRange(
                            DescriptorProto.ReservedRange.newBuilder().setStart(1).setEnd(2))))
        .isEmpty();
    assertThat(breaksOf(m -> m.addField(ADDED_FIELD))).isEmpty();
  }

  private static void assertBreaks(Consumer<DescriptorProto.Builder> change, String expected) {
    assertThat(breaksOf(change)).anyMatch(found -> found.contains(expected));
  }

  private static List<String> breaksOf(Consumer<DescriptorProto.Builder> change) {
    return SchemaCompatibility.breaks(current(), changed(change));
  }

  /** With another first message. */
  private static FileDescriptorSet changed(Consumer<DescriptorProto.Builder> change) {
    FileDescriptorSet.Builder changed = current().toBuilder();
    change.accept(changed.getFileBuilder(0).getMessageTypeBuilder(0));
    return changed.build();
  }

  private static FileDescriptorSet current() {
    List<FileDescriptorProto> files =
        List.of(
            Event.getDescriptor().getFile().toProto(),
            Delivery.getDescriptor().getFile().toProto(),
            Control.getDescriptor().getFile().toProto(),
            EdgeHeartbeat.getDescriptor().getFile().toProto(),
            SlotRecord.getDescriptor().getFile().toProto(),
            ServerFrame.getDescriptor().getFile().toProto());
    return FileDescriptorSet.newBuilder().addAllFile(files).build();
  }
}
