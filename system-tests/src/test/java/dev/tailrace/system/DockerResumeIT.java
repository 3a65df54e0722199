package dev.tailrace.system;

/** On Kafka's official image. */
class DockerResumeIT extends ResumeAcrossRestartsIT {
  @Override
  Platform startPlatform() throws Exception {
    return DockerKafka.startPlatform();
  }
}
