import Foundation
import LoRWeB
import LoRWeBAdapters
import LoRWeBAnalogyData
import LoRWeBModels
import LoRWeBTestSupport
import LoRWeBTorch
import Testing

@testable import LoRWeBTraining

@Suite("Gallery of a run")
struct GalleryTests {
  @Test("What is given is read and written once, and the autoencoder loaded once, however many checkpoints are painted")
  func once() throws {
    let pairs = try TinyPairs()
    let temporary = pairs.temporary
    var config = TrainingConfig.paper
    (config.steps, config.batch, config.samples, config.saveEvery) = (2, 1, 1, 1)
    (config.data.layout, config.data.canvasArea) = (.plan, 96 * 96)
    let data = try PictureData(pairs.set, config: config, model: pairs.model, cache: FeatureCache(temporary["cache"]))
    try data.fill()
    let transformer = try pairs.model.heldTransformer()
    let basis = try LoRABasis.untrained(
      config, on: transformer, encoder: "tiny", encoderWidth: pairs.model.embeddingWidth())
    let run = try TrainingRun(
      config, transformer: transformer, basis: basis, data: data.data, folder: RunFolder(temporary["run"]))
    let gallery = SampleGallery(data, transformer: transformer)
    func paintNext() throws { try gallery.paint(#require(try run.next()?.checkpoint), in: run.folder) }
    func file(_ name: String) -> URL { run.folder.samples.appending(path: "1-\(name).jpg") }
    func number(_ name: String) throws -> Int? {
      try FileManager.default.attributesOfItem(atPath: file(name).path)[.systemFileNumber] as? Int
    }

    try paintNext()
    let numbers = try SampleGallery.given.map(number)
    let b = try Data(contentsOf: file("b"))
    try FileManager.default.removeItem(at: file("b"))
    for gone in ["data", "model/vae"] { try FileManager.default.removeItem(at: temporary[gone]) }
    try paintNext()
    for (name, before) in zip(SampleGallery.given, numbers) where name != "b" {
      #expect(try number(name) == before, "\(name) is the file that was there")
    }
    #expect(try Data(contentsOf: file("b")) == b, "what is missing comes back")
    let names = try FileManager.default.contentsOfDirectory(atPath: run.folder.samples.path)
    #expect(Set(names) == Set((SampleGallery.given + ["step-000000001", "step-000000002"]).map { "1-\($0).jpg" }))
  }
}
