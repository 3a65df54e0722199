package dev.tailrace.kubernetes;

import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the first kubectl makes of the folders, each once. */
final class Rendered {
  private static final Map<String, Manifests> BY_FOLDER = new HashMap<>();

  private Rendered() {}

  static synchronized Manifests of(String folder) throws IOException, InterruptedException {
    Manifests known = BY_FOLDER.get(folder);
    if (known == null) {
      known = Manifests.parse(Kubectl.all().getFirst().kustomize(Kubectl.source().resolve(folder)));
      BY_FOLDER.put(folder, known);
    }
    return known;
  }

  /** A file of one document, as it stands. */
  static JsonNode file(String file) throws IOException {
    return JsonMapper.shared()
        .valueToTree(
            new Yaml(new SafeConstructor(new LoaderOptions()))
                .<Object>load(Files.readString(Kubectl.source().resolve(file))));
  }
}
