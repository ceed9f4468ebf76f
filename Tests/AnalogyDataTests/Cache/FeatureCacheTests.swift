import Foundation
import LoRWeBCheckpoints
import LoRWeBFiles
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTestSupport
import LoRWeBTorch
import Testing

@testable import LoRWeBAnalogyData

@Suite("Cache of latents and embeddings")
struct FeatureCacheTests {
  private struct Broken: Error {}

  /// Features of a set in a folder, by encoders that are plain arithmetic and count their calls.
  private final class Study {
    let folder: TemporaryFolder
    let set: AnalogySet
    var encoded = 0
    var made = 0

    init(pairs: Int = 4) throws {
      folder = try TemporaryFolder()
      try folder.task("set/one", count: pairs)
      set = try AnalogySet(contentsOf: folder.url.appending(path: "set"))
    }

    var quadruples: [AnalogyQuadruple] { Array(set.quadruples()) }

    func features(
      rule: TrainingCanvas.Rule = .plan(.fixedSquare(tile: 16), token: 16), encoder: String = "vae", fileBytes: Int = 1 << 20
    ) throws -> AnalogyFeatures {
      func identity(_ name: String) throws -> EncoderIdentity { try EncoderIdentity(files: [], settings: [name]) }
      return try AnalogyFeatures(
        cache: FeatureCache(folder.url.appending(path: "cache"), fileBytes: fileBytes), rule: rule,
        encoders: .init(autoencoder: identity(encoder), image: identity("clip"), text: identity("t5")))
    }

    func latents(_ picture: Picture) throws -> LatentDistribution {
      encoded += 1
      let mean = Tensor.signed(picture).maxPool2d(8, stride: 8)
      return LatentDistribution(mean: mean, logVariance: mean - 3)
    }

    /// Fills latents of the first `count` quadruples' canvases.
    func fill(_ features: AnalogyFeatures, count: Int = .max, failingAt stop: Int = .max) throws {
      try features.fill(.init(canvases: Array(quadruples.prefix(count)))) { [self] in
        made += 1
        return { picture in
          if self.encoded == stop { throw Broken() }
          return try self.latents(picture)
        }
      } encoder: {
        { _ in throw Broken() }
      }
    }
  }

  @Test("Latents come back as they were encoded, after the cache was opened anew, and are not encoded twice")
  func roundTrip() throws {
    let study = try Study()
    try study.fill(study.features())
    #expect(study.made == 1 && study.encoded == 2 * 6)
    let again = try study.features()
    try study.fill(again)
    #expect(study.made == 1, "the encoder isn't made when nothing is missing")
    for quadruple in study.quadruples {
      let canvas = try TrainingCanvas(quadruple, pictures: quadruple.pictures(), rule: again.rule)
      let (target, control) = try again.latents(of: quadruple)
      try withTorchErrors {
        for (found, picture) in [(target, canvas.target), (control, canvas.control)] {
          let expected = try study.latents(picture)
          #expect(found.mean.distance(to: expected.mean) == 0 && found.logVariance.distance(to: expected.logVariance) == 0)
        }
      }
    }
  }

  @Test("Two samples of the same latents differ by their noise alone")
  func sampling() throws {
    let study = try Study(pairs: 2)
    let features = try study.features()
    try study.fill(features)
    let target = try features.latents(of: study.quadruples[0]).target
    try withTorchErrors {
      let noise = Tensor.randn(target.mean.shape, generator: try Generator(seed: 1))
      #expect(target.sample(noise: noise).distance(to: target.mean) > 0.01)
      #expect(target.sample(noise: noise * 0).distance(to: target.mean) == 0)
    }
  }

  @Test("An interrupted filling keeps what it had and goes on there")
  func resuming() throws {
    let study = try Study()
    #expect(throws: Broken.self) { try study.fill(study.features(fileBytes: 1), failingAt: 7) }
    let features = try study.features(fileBytes: 1)
    #expect(features.cache.count == 3)
    study.encoded = 0
    try study.fill(features)
    #expect(study.encoded == 2 * 3 && features.cache.count == 6)
  }

  @Test("What a killed process was writing is removed; what another one writes now, and files of other names, stay")
  func unfinished() throws {
    let study = try Study()
    let cache = study.folder.url.appending(path: "cache")
    func unfinished(_ name: String, secondsAgo: TimeInterval) throws -> String {
      try study.folder.write("half", to: "cache/\(name)")
      let path = cache.appending(path: name).path(percentEncoded: false)
      try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -secondsAgo)], ofItemAtPath: path)
      return path
    }
    let abandoned = try unfinished(".\(UUID().uuidString).tmp", secondsAgo: 7200)
    let kept = [
      // As if written a day from now, so that it is new however long this test takes.
      try unfinished(".\(UUID().uuidString).tmp", secondsAgo: -86400), try unfinished(".mine.tmp", secondsAgo: 7200),
      try unfinished("notes.txt", secondsAgo: 7200),
    ]
    #expect(try study.features().cache.passedOver == [])
    #expect(!FileManager.default.fileExists(atPath: abandoned))
    for path in kept { #expect(FileManager.default.fileExists(atPath: path), "\(path)") }
  }

  @Test("What two runs with one cache both encoded stands in two files and is read")
  func sharedByTwoRuns() throws {
    let study = try Study()
    // Both open the empty cache, and each writes what it encodes: the second more than the first, so to a file of another name.
    let (one, other) = (try study.features(), try study.features())
    try study.fill(one, count: 4)
    try study.fill(other)
    let files = try FileManager.default.contentsOfDirectory(atPath: one.cache.folder.path(percentEncoded: false))
    #expect(files.count == 2)
    let next = try study.features()
    #expect(next.cache.count == 6 && next.cache.passedOver == [])
    study.encoded = 0
    try study.fill(next)
    #expect(study.encoded == 0)
    try withTorchErrors {
      for quadruple in study.quadruples {
        let (found, expected) = (try next.latents(of: quadruple), try other.latents(of: quadruple))
        #expect(found.target.mean.distance(to: expected.target.mean) == 0)
        #expect(found.control.logVariance.distance(to: expected.control.logVariance) == 0)
      }
    }
  }

  @Test("Another encoder, rule or picture is another key")
  func keys() throws {
    let study = try Study()
    let quadruple = study.quadruples[0]
    try study.fill(study.features())
    for other in [try study.features(encoder: "other"), try study.features(rule: .plan(.fixedSquare(tile: 32), token: 16))] {
      #expect(throws: AnalogySetError.notCached(what: "latents of \(quadruple.id)")) { try other.latents(of: quadruple) }
    }
    try study.folder.picture("set/one/01-after.png", 99)
    let changed = try study.features()
    #expect(throws: AnalogySetError.self) { try changed.latents(of: quadruple) }
    #expect(throws: Never.self) { try changed.latents(of: study.quadruples[5]) }
  }

  @Test("A picture that went bad ends the filling and keeps what was encoded before")
  func badPictures() throws {
    let study = try Study()
    try study.folder.write("gone bad", to: "set/one/04-before.png")
    #expect(throws: PicturesError.self) { try study.fill(study.features()) }
    #expect(try study.features().cache.count == 2, "those of 01 with 02 and with 03")
  }

  @Test("Numbers that aren't finite are refused")
  func notFinite() throws {
    let study = try Study(pairs: 2)
    let features = try study.features()
    #expect(throws: AnalogySetError.self) {
      try features.fill(.init(canvases: study.quadruples)) {
        { picture in
          let mean = Tensor.signed(picture) / 0
          return LatentDistribution(mean: mean, logVariance: mean)
        }
      } encoder: {
        { _ in throw Broken() }
      }
    }
    #expect(features.cache.count == 0)
  }

  @Test("Embeddings of a, a′, b and captions with the empty one are kept too")
  func otherFeatures() throws {
    let study = try Study(pairs: 2)
    let features = try study.features()
    var asked: [String] = []
    try features.fill(.init(embedded: study.quadruples)) {
      { _ in throw Broken() }
    } encoder: {
      { pictures in Tensor(pictures.map { Float($0.pixels[0]) }, shape: [pictures.count, 1]) }
    }
    try features.fillTexts(["night", "", "night"]) {
      { caption in
        asked.append(caption)
        let value = Double(caption.utf8.count)
        return TextFeatures(states: Tensor.full([1, 3, 4], value), pooled: Tensor.full([1, 2], value, dtype: .bfloat16))
      }
    }
    #expect(asked == ["", "night"])
    let reopened = try study.features()
    try withTorchErrors {
      #expect(try reopened.embeddings(of: study.quadruples[0]).shape == [3, 1])
      let text = try reopened.text("night")
      #expect(text.states.array(of: Float.self) == [Float](repeating: 5, count: 12) && text.pooled.dtype == .bfloat16)
      #expect(try reopened.text("").states.sum().item() == 0)
    }
    #expect(throws: AnalogySetError.self) { try reopened.text("day") }
  }

  @Test("A quadruple's pictures are read once for all that is encoded of it")
  func readOnce() throws {
    let study = try Study(pairs: 2)
    let features = try study.features()
    let pictures = try study.quadruples.map { quadruple in
      let canvas = try features.canvas(of: quadruple)
      return (whole: [canvas.control, canvas.target], alone: try canvas.quarters(), seen: try canvas.encoderPictures())
    }
    var (autoencoded, embedded): ([Picture], [[Picture]]) = ([], [])
    let list = study.quadruples
    try features.fill(.init(canvases: list, singles: list, embedded: list)) {
      { picture in
        // From the first picture on, the files may be gone.
        if autoencoded.isEmpty { try study.folder.remove("set") }
        autoencoded.append(picture)
        return try study.latents(picture)
      }
    } encoder: {
      { pictures in
        embedded.append(pictures)
        return Tensor.zeros([pictures.count, 1])
      }
    }
    #expect(autoencoded == pictures.flatMap { $0.whole + $0.alone.suffix(2) })
    #expect(embedded == pictures.map(\.seen))
  }

  @Test("A damaged or foreign file in the cache is named and passed over, and what it held is encoded again")
  func damaged() throws {
    let study = try Study(pairs: 2)
    try study.fill(study.features())
    let cache = study.folder.url.appending(path: "cache")
    let name = try #require(FileManager.default.contentsOfDirectory(atPath: cache.path(percentEncoded: false)).first)
    let file = cache.appending(path: name)
    let whole = try Data(contentsOf: file)
    var writer = SafetensorsWriter()
    writer.add("weight", Tensor.zeros([1]))
    try writer.write(to: cache.appending(path: "model.safetensors"))
    try study.folder.write("a folder", to: "cache/folder.safetensors/x")
    for damaged in [whole.prefix(whole.count - 8), whole.prefix(100), Data(), Data("no tensors".utf8)] {
      try damaged.write(to: file)
      let features = try study.features()
      #expect(features.cache.count == 0 && features.cache.passedOver.count == 3)
      for (passedOver, name) in zip(features.cache.passedOver, [name, "folder.safetensors", "model.safetensors"].sorted()) {
        #expect("\(passedOver)".contains(name) && "\(passedOver)".contains("passed over"))
      }
      try study.fill(features)
      #expect(try Data(contentsOf: file) == whole, "written anew, under the name of its keys")
    }
  }

  @Test("An encoder is told by its files' content and its settings, not by where it lies")
  func identities() throws {
    let folder = try TemporaryFolder()
    for name in ["one", "two", "three"] { try folder.write(name == "three" ? "{ }" : "{}", to: "\(name)/config.json") }
    try folder.write("no part of it", to: "two/readme.md")
    func identity(_ name: String, _ settings: [String] = []) throws -> EncoderIdentity {
      try EncoderIdentity(places: [folder.url.appending(path: name)], settings: settings)
    }
    #expect(try identity("one") == identity("two"))
    #expect(try identity("one") != identity("three"))
    #expect(try identity("one") != identity("one", ["bfloat16"]))
    #expect(throws: FolderError.self) { try identity("gone") }
  }

  @Test("Large weights aren't read whole, and other weights in the same shapes are noticed")
  func largeWeights() throws {
    let folder = try TemporaryFolder()
    func identity(_ name: String, scale: Float) throws -> EncoderIdentity {
      try folder.write("{}", to: "\(name)/config.json")
      var writer = SafetensorsWriter()
      writer.add("weight", Tensor((0..<5000).map { Float($0) * scale }))
      let file = folder.url.appending(path: "\(name)/model.safetensors")
      try writer.write(to: file)
      return try EncoderIdentity(files: [folder.url.appending(path: "\(name)/config.json"), file], readingWholeUpTo: 1000)
    }
    #expect(try identity("one", scale: 1) == identity("copy", scale: 1))
    #expect(try identity("one", scale: 1) != identity("trained", scale: 1.001))
  }
}
