import Foundation
import LoRWeBAdapters
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTestSupport
import LoRWeBTorch
import Testing

@testable import LoRWeB

@Suite("Parts that somebody keeps")
struct HeldPartsTests {
  private let model: TestModel

  init() throws {
    model = try TestModel()
  }

  @Test("Parts stay while many pictures are encoded, whatever the residency, and are let go of after it")
  func whileKeeping() throws {
    let loaded = try LoadedModel(ModelFolder(model.url), residency: .oneAtATime)
    let pictures = try (0..<3).map { try Picture.pattern(32, 32, shift: $0) }
    try withTorchErrors {
      try noGrad {
        let alone = try pictures.map { try (loaded.embed([$0]), loaded.distribution(of: .signed($0))) }
        #expect(loaded.parts.names.isEmpty)
        try loaded.parts.whileKeeping {
          for (picture, known) in zip(pictures, alone) {
            #expect(try loaded.embed([picture]).distance(to: known.0) == 0)
            let found = try loaded.distribution(of: .signed(picture))
            #expect(found.mean.distance(to: known.1.mean) == 0 && found.logVariance.distance(to: known.1.logVariance) == 0)
          }
          #expect(loaded.parts.names.count == 2 && loaded.parts.byteCount > 0)
        }
      }
    }
    #expect(loaded.parts.names.isEmpty && loaded.parts.byteCount == 0)
  }

  @Test("A transformer that is trained on paints what one of the model's own would, and no adapter is fused into it")
  func held() throws {
    let loaded = try LoadedModel(ModelFolder(model.url), residency: .everything)
    try withTorchErrors {
      try noGrad {
        let basis = try loaded.basis(BasisChoice(#require(loaded.source.basis)))
        let mix = Mix(basis: try basis.basis(), query: .ones([1, basis.file.size.queryWidth]), strength: 1)
        let adapter = FittedAdapter(mix, basis.fit, key: "a", rank: basis.file.size.count * basis.file.size.rank)
        let painting = Painting(
          context: try loaded.latents(of: .pattern(64, 64)), target: PictureSize(width: 64, height: 64),
          factor: try loaded.spatialFactor(), conditioning: [try loaded.conditioning("a prompt")], seeds: [3], steps: 2,
          guidance: 2.5)
        let before = try loaded.paint(painting, with: adapter, as: .attach)
        #expect(loaded.parts.names.contains("transformer"))
        loaded.parts.whileKeeping {}
        let transformer = try loaded.heldTransformer()
        let weights = transformer.registry.parameters.map { $0.tensor.clone() }
        let after = try loaded.paint(painting, with: adapter, as: .fuse)
        #expect(after.distance(to: before) < 1e-4)
        #expect(!loaded.parts.names.contains("transformer"), "none of its own was loaded")
        for (weight, parameter) in zip(weights, transformer.registry.parameters) {
          #expect(weight.distance(to: parameter.tensor) == 0)
        }
      }
    }
  }

  @Test("An image encoder's folders and name come with the source, also where another folder stands for the model's own")
  func encoders() throws {
    let folder = try ModelFolder(model.url)
    let own = try folder.places(of: .imageEncoder)
    #expect(own.map(\.lastPathComponent).contains("image_encoder"))
    #expect(try folder.imageEncoderName() == BasisFile(#require(folder.basis)).router.settings.encoder)
    let other = model.temporary["elsewhere/vision"]
    try FileManager.default.createDirectory(at: model.temporary["elsewhere"], withIntermediateDirectories: true)
    try FileManager.default.copyItem(at: folder.folder(.imageEncoder), to: other)
    let settings = try #require(own.last).appending(path: "preprocessor_config.json")
    if !FileManager.default.fileExists(atPath: other.appending(path: "preprocessor_config.json").path) {
      try FileManager.default.copyItem(at: settings, to: other.appending(path: "preprocessor_config.json"))
    }
    let source = try ModelFiles([.imageEncoder: other], over: folder)
    #expect(try source.imageEncoderName() == "elsewhere/vision")
    #expect(try source.places(of: .vae) == folder.places(of: .vae))
  }
}
