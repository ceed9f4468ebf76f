import Foundation
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTestSupport
import Testing

@testable import LoRWeB

@Suite("Models as they lie on a disk")
struct ModelSearchTests {
  private let model: TestModel
  private let place: TemporaryFolder

  init() throws {
    model = try TestModel()
    place = try TemporaryFolder()
  }

  private func search(_ environment: [String: String] = [:]) -> ModelSearch {
    ModelSearch(environment: ["HOME": place.url.path].merging(environment) { $1 })
  }

  /// An entry of a cache as the hub's tools lay it out, with the tiny model's files.
  private func cached(_ name: String, isMain: Bool = true) throws -> URL {
    let entry = place["hub/models--" + name.replacing("/", with: "--")]
    let snapshot = entry.appending(path: "snapshots/0123abcd")
    try FileManager.default.createDirectory(at: entry.appending(path: "refs"), withIntermediateDirectories: true)
    try FileManager.default.createDirectory(at: snapshot.deletingLastPathComponent(), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(at: snapshot, withDestinationURL: model.url)
    if isMain { try Data("0123abcd\n".utf8).write(to: entry.appending(path: "refs/main")) }
    return entry
  }

  private func edited(_ source: any ModelSource) async throws -> AnalogyResult {
    func picture(_ shift: Int) throws -> Picture {
      try Picture(width: 48, height: 48, pixels: (0..<48 * 48 * 3).map { UInt8(truncatingIfNeeded: $0 * 7 % 200 + shift) })
    }
    let editor = try AnalogyEditor(model: .source(source, name: "tiny"), basis: model.url.appending(path: "basis.safetensors"))
    return try await editor.edit(AnalogyEdit(a: picture(0), aPrime: picture(40), b: picture(20)))
  }

  @Test(
    "A model of the Hugging Face cache is found by its name and by its entry, with and without refs", arguments: [true, false])
  func cache(isMain: Bool) throws {
    let entry = try cached("someone/tiny-model", isMain: isMain)
    let byName = try search(["HF_HUB_CACHE": place["hub"].path]).find(NamedModel("someone/tiny-model"))
    #expect(byName.missing.isEmpty)
    let byEntry = try search().find(NamedModel(entry.path))
    #expect(byEntry.parts == byName.parts)
    let expected = #"someone/other is no path and is not in the Hugging Face cache"#
    let error = #expect(throws: ModelFolderError.self) {
      try search(["HF_HOME": place.url.path]).find(NamedModel("someone/other"))
    }
    #expect(error.map { "\($0)".hasPrefix(expected) } == true)
  }

  @Test("A file in BFL's names with its other parts beside it, named or in LORWEB_MODELS edits as the folder it came from does")
  func file() async throws {
    let manager = FileManager.default
    let file = place["flux.safetensors"]
    try WeightConversion(model.url.appending(path: "transformer"), to: .bfl).write(to: file)
    try manager.copyItem(at: model.url.appending(path: "transformer/config.json"), to: place["flux.json"])
    let reference = try await edited(ModelFolder(model.url))

    let named = NamedModel(file.path)
    let alone = try search().find(named)
    #expect(alone.missing.contains(.vae) && !alone.missing.contains(.transformer) && !alone.missing.contains(.tokenizer))
    #expect(throws: ModelFolderError.self) { try alone.checkComplete() }

    let elsewhere = try search(["LORWEB_MODELS": "/nowhere:\(model.url.path)"]).find(named)
    #expect(elsewhere.missing.isEmpty)
    let preprocessor = try elsewhere.source.places(of: .imageEncoder)
    #expect(preprocessor.count == 2)
    let result = try await edited(SchedulerOf(ModelFolder(model.url), in: elsewhere.source))
    #expect(result.recipe.files?.weights["transformer/flux.safetensors"]?.of == .header)
    #expect(zip(result.picture.pixels, reference.picture.pixels).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
  }

  @Test("A ComfyUI folder is known by its folders; two transformers in it are not guessed between")
  func comfyUI() throws {
    let transformers = place["ComfyUI/models/diffusion_models"]
    try FileManager.default.createDirectory(at: transformers, withIntermediateDirectories: true)
    try FileManager.default.createDirectory(at: place["ComfyUI/models/vae"], withIntermediateDirectories: true)
    try WeightConversion(model.url.appending(path: "transformer"), to: .bfl)
      .write(to: transformers.appending(path: "kontext.safetensors"))
    try WeightConversion(model.url.appending(path: "vae"), to: .bfl).write(to: place["ComfyUI/models/vae/ae.safetensors"])
    let found = try search().find(NamedModel(place["ComfyUI"].path))
    #expect(found.parts.first { $0.part == .transformer }?.url?.lastPathComponent == "kontext.safetensors")
    #expect(found.parts.first { $0.part == .vae }?.url?.lastPathComponent == "ae.safetensors")
    let beside = try search().find(NamedModel(transformers.appending(path: "kontext.safetensors").path))
    #expect(beside.parts.first { $0.part == .vae }?.url?.lastPathComponent == "ae.safetensors")
    try FileManager.default.copyItem(
      at: transformers.appending(path: "kontext.safetensors"), to: transformers.appending(path: "other.safetensors"))
    let error = #expect(throws: ModelFolderError.self) { try search().find(NamedModel(place["ComfyUI"].path)) }
    #expect(error.map { "\($0)".contains("kontext.safetensors, other.safetensors") } == true)
  }

  @Test("What is no model says so, and what to give")
  func none() throws {
    for (name, words) in [("/nowhere/at all", "is not there"), (place.url.path, "model_index.json")] {
      let error = #expect(throws: ModelFolderError.self) { try search().find(NamedModel(name)) }
      #expect(error.map { "\($0)".contains(words) } == true)
    }
  }
}

/// A source with another's scheduler: a file of weights comes without, and the tiny model's isn't FLUX's.
private struct SchedulerOf: ModelSource {
  let other: ModelFolder
  let source: any ModelSource

  init(_ other: ModelFolder, in source: any ModelSource) { (self.other, self.source) = (other, source) }

  var location: String { source.location }
  var usage: ModelUsage { other.usage }
  var basis: URL? { source.basis }
  func settings(of part: ModelPart) throws -> Settings {
    part == .scheduler ? try other.settings(of: part) : try source.settings(of: part)
  }
  func weights(of part: ModelPart) throws -> any WeightSource { try source.weights(of: part) }
  func vocabulary(of part: ModelPart) throws -> URL { try source.vocabulary(of: part) }
  func places(of part: ModelPart) throws -> [URL] { try source.places(of: part) }
}
