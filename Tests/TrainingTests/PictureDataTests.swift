import Foundation
import LoRWeB
import LoRWeBAdapters
import LoRWeBAnalogyData
import LoRWeBPictures
import LoRWeBTestSupport
import LoRWeBTorch
import Testing

@testable import LoRWeBTraining

/// Three pairs of small pictures, and the tiny model.
struct TinyPairs {
  let temporary: TemporaryFolder
  let set: AnalogySet
  let model: LoadedModel

  init() throws {
    temporary = try TemporaryFolder()
    try ModelMaker(ModelPreset(named: "tiny"), seed: 1).write(to: temporary["model"])
    try FileManager.default.createDirectory(at: temporary["data/task"], withIntermediateDirectories: true)
    for index in 0..<3 {
      for (name, shift) in [("before", 0), ("after", 70)] {
        let pixels = (0..<40 * 40 * 3).map { UInt8(truncatingIfNeeded: $0 * (index + 2) / 7 + shift) }
        try Picture(width: 40, height: 40, pixels: pixels).write(to: temporary["data/task/\(index)-\(name).png"])
      }
    }
    set = try AnalogySet(contentsOf: temporary["data"])
    model = try LoadedModel(ModelFolder(temporary["model"]), dtype: .float32)
  }
}

@Suite("Pictures as a run's data")
struct PictureDataTests {
  private let temporary: TemporaryFolder
  private let set: AnalogySet
  private let model: LoadedModel

  init() throws {
    let pairs = try TinyPairs()
    (temporary, set, model) = (pairs.temporary, pairs.set, pairs.model)
  }

  private func config(_ mode: QueryMode, _ layout: PictureSettings.Layout = .plan) -> TrainingConfig {
    var config = TrainingConfig.paper
    (config.steps, config.batch, config.samples, config.data.canvasArea) = (3, 1, 1, 96 * 96)
    (config.basis.queryMode, config.data.layout, config.data.captionDropout) = (mode, layout, 0)
    return config
  }

  private func data(_ config: TrainingConfig, freeBytes: @escaping (URL) -> Int? = { _ in nil }) throws -> PictureData {
    try PictureData(
      set, config: config, model: model, cache: FeatureCache(temporary["cache"], freeBytes: freeBytes))
  }

  /// What a filling had to encode.
  private func fill(_ data: PictureData) throws -> Set<String> {
    var encoded: Set<String> = []
    try data.fill { what, _, _ in encoded.insert(what) }
    return encoded
  }

  @Test("A query is what the editor asks with, in every mode", arguments: QueryMode.allCases)
  func editorsQuery(mode: QueryMode) throws {
    let data = try data(config(mode))
    _ = try fill(data)
    let sample = try #require(data.samples.first)
    let pictures = try sample.quadruple.pictures()
    guard case .plan(let rule, let token) = config(mode).data.rule(own: model.usage.canvasRule, token: 16)
    else { return }
    let plan = try CanvasPlan(a: pictures[0].size, aPrime: pictures[1].size, b: pictures[2].size, rule: rule, token: token)
    let canvas = try plan.canvas(a: pictures[0], aPrime: pictures[1], b: pictures[2])
    let views = try mode.views.map { try $0.picture(of: canvas, crops: plan.crops) }
    try withTorchErrors {
      try noGrad {
        let expected = mode.query(from: try model.embed(views))
        let query = try data.inputs(of: sample).query
        #expect(query.shape == [1, mode.queryWidth(embedding: try model.embeddingWidth())])
        #expect(query.distance(to: expected.to(.float32)) < 1e-5)
        let batch = try data.data.next(1, Generator(seed: 1))
        #expect(batch.query.shape == query.shape)
      }
    }
  }

  @Test("The published layout's canvases are seen whole too", arguments: [QueryMode.canvas, .topRow])
  func paperLayout(mode: QueryMode) throws {
    let data = try data(config(mode, .paper))
    _ = try fill(data)
    _ = try data.data.next(1, Generator(seed: 1))
  }

  @Test("Modes that see the same pictures share what is encoded, others get their own")
  func shared() throws {
    func kept() throws -> Int { try FeatureCache(temporary["cache"]).count }
    #expect(try fill(data(config(.concatenated))) == ["pictures through the encoders", "captions"])
    let first = try kept()
    for mode in [QueryMode.concatenated, .difference, .differencePlusB] { #expect(try fill(data(config(mode))).isEmpty) }
    #expect(try kept() == first)
    for (index, mode) in [QueryMode.canvas, .canvasWithoutLast, .topRow].enumerated() {
      #expect(try fill(data(config(mode))) == ["pictures through the encoders"])
      #expect(try kept() == first + 3 * (index + 1), "the router's pictures alone, of three analogies")
    }
    #expect(try fill(data(config(.canvasClass))).isEmpty, "it sees the same as the mode without a class token")
  }

  @Test("Pictures encoded alone are encoded once each, for analogies both ways")
  func alone() throws {
    var config = config(.concatenated)
    (config.data.encoded, config.data.vae, config.data.directions, config.samples) = (.pictures, .mode, .both, 0)
    (config.batch, config.steps) = (2, 3)
    var told: [Int] = []
    let data = try data(config)
    try data.fill { what, done, _ in if what == "pictures through the autoencoder" { told.append(done) } }
    #expect(told == Array(1...6), "six pictures, of six analogies with four each")
    let generator = try Generator(seed: 1)
    let epoch = try (0..<3).map { _ in try data.data.next(2, generator) }
    #expect(epoch.allSatisfy { $0.count == 2 })
    // Backwards, a change's target is the other's context: over an epoch both halves hold the same pictures.
    try withTorchErrors {
      func sum(_ batch: (TrainingBatch) -> Tensor) -> Double {
        epoch.reduce(0) { $0 + quarter(batch($1), $1).sum().item() }
      }
      #expect(abs(sum(\.target) - sum(\.context)) < 1e-3)
      #expect(abs(sum(\.target)) > 1e-3)
    }
  }

  /// Tokens of the lower right quarter of a batch's canvases.
  private func quarter(_ canvas: Tensor, _ batch: TrainingBatch) -> Tensor {
    let (rows, columns) = (batch.rows / 2, batch.columns / 2)
    let places = (0..<rows * columns).map { (rows + $0 / columns) * batch.columns + columns + $0 % columns }
    return canvas.entries(Tensor(places), along: 1)
  }

  @Test("What encoding will write is known before, and refused where there is no room for it")
  func room() throws {
    let free = { (_: URL) -> Int? in 1000 }
    let error = try #require(throws: AnalogySetError.self) { try fill(data(config(.concatenated), freeBytes: free)) }
    guard case .noRoom(_, let needed, 1000) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: temporary["cache"].path).isEmpty)
    _ = try fill(data(config(.concatenated)))
    let files = try FileManager.default.contentsOfDirectory(atPath: temporary["cache"].path)
    let written = try files.reduce(0) { $0 + (try Data(contentsOf: temporary["cache/\($1)"]).count) }
    #expect(abs(Double(needed) / Double(written) - 1) < 0.05, "\(needed) were foreseen, \(written) written")
    #expect(try fill(data(config(.concatenated), freeBytes: free)).isEmpty, "nothing is left to be written")
  }

  @Test("A filling that is ended keeps what it has")
  func ended() throws {
    struct Enough: Error {}
    let ended = try data(config(.concatenated))
    #expect(throws: Enough.self) {
      try ended.fill { _, done, _ in if done == 2 { throw Enough() } }
    }
    #expect(try FeatureCache(temporary["cache"]).count == 2)
  }
}
