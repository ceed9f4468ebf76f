import Foundation
import LoRWeB
import LoRWeBTestSupport
import Testing

@Suite("New models")
struct ModelMakerTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func maker(seed: UInt64 = 0) throws -> ModelMaker { ModelMaker(try ModelPreset(named: "tiny"), seed: seed) }

  private func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: folder[name].appending(path: "transformer/diffusion_pytorch_model.safetensors"))
  }

  @Test("There are three presets, each with a sentence; another name is refused with these")
  func presets() async throws {
    #expect(try ModelPreset.names() == ["kontext-dev", "mini", "tiny"])
    for name in try ModelPreset.names() { #expect(try !ModelPreset(named: name).description.isEmpty) }
    for name in ["huge", "", "../mini", "tiny/vae"] {
      await expectSentence("\"\(name)\"", "kontext-dev, mini, tiny") { _ = try ModelPreset(named: name) }
    }
  }

  @Test("The same seed writes the same bytes, another seed others; progress rises to 1")
  func seeds() throws {
    var shares: [Double] = []
    try maker().write(to: folder["one"]) { shares.append($1) }
    try maker().write(to: folder["two"])
    try maker(seed: 1).write(to: folder["three"])
    #expect(try bytes("one") == bytes("two"))
    #expect(try bytes("one") != bytes("three"))
    #expect(shares == shares.sorted() && shares.first == 0 && shares.last == 1)
    #expect(try folder.contents == ["one", "three", "two"])
  }

  @Test("The bytes foretold are those written")
  func byteCount() throws {
    try maker().write(to: folder["model"])
    let files = try #require(FileManager.default.enumerator(at: folder["model"], includingPropertiesForKeys: [.fileSizeKey]))
    let written = try files.compactMap { $0 as? URL }.filter { $0.pathExtension == "safetensors" }
      .reduce(0) { try $0 + ($1.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0) }
    let foretold = try maker().byteCount()
    #expect(written >= foretold && written < foretold + 200_000, "headers come on top")
  }

  @Test("Kontext-dev takes two bytes for each parameter of the Python models and the published basis")
  func kontext() throws {
    let shapes = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "ModelsTests/Shapes")
    let parameters = try ["flux-kontext", "flux-vae", "clip-l-text", "t5-xxl-encoder", "clip-l-vision"].reduce(0) {
      total, list in
      let lines = try String(contentsOf: shapes.appending(path: "\(list).txt"), encoding: .utf8).split(separator: "\n")
      return total + lines.reduce(0) { $0 + $1.split(separator: " ").dropFirst().reduce(1) { $0 * (Int($1) ?? 0) } }
    }
    #expect(try ModelMaker(ModelPreset(named: "kontext-dev")).byteCount() == 2 * (parameters + 835_051_520))
  }

  @Test("A folder that is there already is left as it is")
  func alreadyThere() async throws {
    try FileManager.default.createDirectory(at: folder["model"], withIntermediateDirectories: true)
    try Data("mine".utf8).write(to: folder["model/note"])
    await expectSentence("model", "left as it is") { try maker().write(to: folder["model"]) }
    #expect(try folder.contents == ["model"])
    #expect(try String(contentsOf: folder["model/note"], encoding: .utf8) == "mine")
  }

  @Test("A place that isn't there is refused by name")
  func nowhere() async throws {
    await expectSentence("nowhere") { try maker().write(to: folder["nowhere/model"]) }
    #expect(try folder.contents == [])
  }

  @Test("Cancelled in the middle it leaves nothing")
  func cancelled() async throws {
    let (maker, target) = (try maker(), folder["model"])
    let task = Task {
      try maker.write(to: target) { part, _ in
        if part == "vae" { withUnsafeCurrentTask { $0?.cancel() } }
      }
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(try folder.contents == [])
  }
}
