import Foundation
import LoRWeBAdapters
import LoRWeBCheckpoints
import LoRWeBTestSupport
import Testing

@Suite("Router settings")
struct RouterSettingsTests {
  private let folder: TemporaryFolder
  private let entry: SafetensorsMetadata = ["lorweb": #"{"version":1,"heads":2,"activation":"tanh"}"#]

  init() throws { folder = try TemporaryFolder() }

  /// The authors' YAML, which has all keys of docs/method.md, with these lines instead of its own for the router.
  private func yaml(_ changes: String...) throws -> String {
    let fixture = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "authors.yaml")
    var lines = try String(contentsOf: fixture, encoding: .utf8).split(separator: "\n").map(String.init)
    for change in changes {
      let key = try #require(change.split(separator: ":").first)
      let place = try #require(lines.firstIndex { $0.hasPrefix("          \(key):") }, "the fixture has no \(key)")
      lines[place] = "          \(change)"
    }
    return lines.joined(separator: "\n")
  }

  private func basis(_ metadata: SafetensorsMetadata = Published.metadata, config: URL? = nil) throws -> BasisFile {
    try BasisFile(Published.write(to: folder["basis.safetensors"], metadata: metadata), config: config)
  }

  @Test("Without any word the paper's recipe holds, and inspect can say so")
  func paper() throws {
    let file = try basis()
    var paper = RouterSettings.paper
    paper.encoderWidth = 4
    #expect(file.router.settings == paper)
    for field in ["heads", "activation", "reduce", "queryMode", "encoder"] {
      #expect(file.router.origins[field] == "the paper")
    }
    #expect(file.router.origins["encoderWidth"] == "the file's shapes")
    #expect(file.warnings == [])
  }

  @Test(
    "The authors' YAML beside the file is found by its name, or if it is the folder's only one",
    arguments: ["basis.yaml", "basis.yml", "train.yaml"])
  func beside(name: String) throws {
    try folder.write(
      yaml("lora_heads: 4", "lora_softmax: false", "mixing_coeffs_type: \"sum\"", "query_mode: \"ca'-ca\""), to: name)
    let file = try basis()
    let settings = file.router.settings
    #expect(settings.heads == 4 && settings.activation == .tanh && settings.reduce == .sum && settings.queryMode == .difference)
    #expect(settings.encoder == "google/siglip2-base-patch16-224" && settings.encoderWidth == 12)
    for field in ["heads", "activation", "reduce", "queryMode", "encoder"] { #expect(file.router.origins[field] == name) }
  }

  @Test("What the YAML leaves out is the paper's, field by field")
  func partial() throws {
    try folder.write(yaml("lora_heads: 2", "lora_softmax: null"), to: "basis.yaml")
    let router = try basis().router
    #expect(router.settings.heads == 2 && router.origins["heads"] == "basis.yaml")
    #expect(router.settings.activation == .softmax && router.origins["activation"] == "the paper")
  }

  @Test("Of several YAMLs that differ none is guessed, which is said, but one is taken if it is named")
  func several() throws {
    try folder.write(yaml("lora_heads: 2"), to: "one.yaml")
    let other = try folder.write(yaml("lora_heads: 4"), to: "two.yaml")
    let file = try basis()
    #expect(file.router.settings.heads == 1 && file.warnings.count == 1)
    #expect(
      file.warnings.first
        == "one.yaml and two.yaml beside the basis describe its router and differ, so none of them was read; "
        + "call the one that is meant basis.yaml, or name it as the basis's config.")
    #expect(try basis(config: other).router.settings.heads == 4)
    try folder.write(yaml("lora_heads: 2"), to: "basis.yaml")
    #expect(try basis().router.settings.heads == 2 && basis().warnings == [])
  }

  @Test("Several YAMLs that say the same are read, and said")
  func copies() throws {
    for name in ["config.yaml", "old.YAML"] { try folder.write(yaml("lora_heads: 2"), to: name) }
    let file = try basis()
    #expect(file.router.settings.heads == 2 && file.router.origins["heads"] == "config.yaml")
    #expect(file.warnings.count == 1 && file.warnings[0].contains("config.yaml and old.YAML"))
  }

  @Test("Hidden YAMLs and those of other programs don't stand in the way of the one that fits")
  func company() throws {
    try folder.write(yaml("lora_heads: 2"), to: "config.yaml")
    try Data([0, 5, 22, 7, 0xFF]).write(to: folder["._config.yaml"])
    try folder.write("services:\n  web: {image: nginx}\n", to: "compose.yaml")
    let lora = "config:\n  process:\n  - network: {type: lora, linear: 16, network_kwargs: {lokr_factor: 2}}\n"
    let other = try folder.write(lora, to: "lora.yaml")
    let file = try basis()
    #expect(file.router.settings.heads == 2 && file.warnings == [])
    expectRefusal("lora.yaml", "type lora") { _ = try basis(config: other) }
  }

  @Test("A YAML beside a basis that can't be read isn't one that isn't there")
  func broken() throws {
    try folder.write("config:\n  process: [1\n", to: "config.yaml")
    expectRefusal("config.yaml", "not valid YAML (line ") { _ = try basis() }
    let complete = try basis(entry)
    #expect(complete.router.settings.heads == 2 && complete.warnings.count == 1)
    #expect(complete.warnings.first?.contains("config.yaml beside the basis was passed over") == true)
    try folder.write(yaml("lora_heads: 4"), to: "other.yaml")
    #expect(try basis().router.settings.heads == 4 && basis().warnings.count == 1)
  }

  @Test("Some other program's YAML in the folder doesn't make the basis unusable, and is said to be passed over")
  func unrelated() throws {
    try folder.write("services:\n  web: {image: nginx}\n", to: "compose.yaml")
    let file = try basis()
    #expect(file.router.origins["heads"] == "the paper")
    #expect(file.warnings.count == 1 && file.warnings[0].contains("compose.yaml"))
  }

  @Test("The file's own entry comes before a YAML, and a named YAML that says otherwise is said aloud")
  func priority() throws {
    let config = try folder.write(yaml("lora_heads: 4", "lora_softmax: false"), to: "other.yaml")
    let file = try basis(entry, config: config)
    #expect(file.router.settings.heads == 2 && file.router.origins["heads"]?.contains("lorweb") == true)
    #expect(file.router.settings.activation == .tanh)
    #expect(file.router.settings.encoder == "google/siglip2-base-patch16-224" && file.router.origins["encoder"] == "other.yaml")
    #expect(file.router.settings.reduce == .mean && file.router.origins["reduce"] == "other.yaml")
    #expect(file.warnings.count == 1 && file.warnings[0].contains("other.yaml"))
  }

  @Test("A YAML that agrees with the entry is no reason to warn")
  func agreement() throws {
    let config = try folder.write(yaml("lora_heads: 2", "lora_softmax: false"), to: "same.yaml")
    #expect(try basis(entry, config: config).warnings == [])
  }

  @Test("Settings written into the file come from there when it is read again")
  func written() throws {
    try folder.write(yaml("lora_heads: 4", "query_mode: \"ca'-ca+cb\""), to: "basis.yaml")
    try basis().write(to: folder["elsewhere.safetensors"])
    let again = try BasisFile(folder["elsewhere.safetensors"])
    #expect(again.router.settings.heads == 4 && again.router.settings.queryMode == .differencePlusB)
    #expect(again.router.origins["heads"]?.contains("lorweb") == true)
  }

  @Test(
    "A YAML that can't be used is refused by name",
    arguments: [
      ("a: [1", "not valid YAML"), ("", "network_kwargs"), ("- 1\n- 2", "network_kwargs"), ("config: 5", "network_kwargs"),
      ("config:\n  name: x", "network_kwargs"), ("config:\n  process: []", "network_kwargs"),
      ("config:\n  process:\n  - network:\n      network_kwargs: 7", "network_kwargs"), ("a: &x [*x]", "config.yaml"),
    ])
  func unusable(text: String, words: String) throws {
    let config = try folder.write(text, to: "config.yaml")
    expectRefusal("config.yaml", words) { _ = try basis(config: config) }
  }

  @Test(
    "Values of other types are refused by their key",
    arguments: [
      ("lora_heads: two", "lora_heads"), ("lora_heads: 1.5", "lora_heads"), ("lora_heads: true", "lora_heads"),
      ("lora_softmax: maybe", "lora_softmax"), ("lora_softmax: 1", "lora_softmax"), ("mixing_coeffs_type: max", "mean or sum"),
      ("mixing_coeffs_type: 3", "mixing_coeffs_type"), ("query_mode: [a]", "query_mode"),
      ("external_query: false", "external_query"),
      ("external_query: often", "external_query"), ("lora_heads: 99999999999999999999", "lora_heads"),
    ])
  func wrongType(line: String, words: String) throws {
    let config = try folder.write(yaml(line), to: "config.yaml")
    expectRefusal("config.yaml", words) { _ = try basis(config: config) }
  }

  @Test("A YAML that isn't text, or isn't there, is refused by name")
  func unreadable() throws {
    try Data([0xFF, 0xFE, 0x00]).write(to: folder["config.yaml"])
    expectRefusal("config.yaml", "UTF-8") { _ = try basis(config: folder["config.yaml"]) }
    expectRefusal("nowhere.yaml") { _ = try basis(config: folder["nowhere.yaml"]) }
  }
}
