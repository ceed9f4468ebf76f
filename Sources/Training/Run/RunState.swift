import Foundation
import LoRWeBAdapters
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTorch

/// What a checkpoint says besides tensors (`state.json`).
public struct RunState: Codable, Sendable {
  public var version = 1
  /// Steps done.
  public var step: Int
  public var config: TrainingConfig
  /// The generator's state.
  var generator: Data
  /// The data's position.
  var position: Data
  var health: RouterHealth

  init(step: Int, config: TrainingConfig, generator: Data, position: Data, health: RouterHealth) {
    (self.step, self.config, self.generator, self.position) = (step, config, generator, position)
    self.health = health
  }

  static let file = "state.json"

  /// Reads the state of a checkpoint.
  ///
  /// - Throws: `TrainingError.badRun`.
  public init(_ checkpoint: RunFolder.Checkpoint) throws {
    let file = checkpoint.url.appending(path: Self.file)
    guard let data = try? Data(contentsOf: file), let state = try? JSONDecoder().decode(RunState.self, from: data),
      state.version == 1
    else {
      throw TrainingError.badRun(
        folder: checkpoint.url.path(percentEncoded: false), problem: "its \(Self.file) is missing or of another version")
    }
    self = state
  }
}

/// The tensors of a checkpoint.
enum CheckpointFiles {
  /// The basis as users take it: the published format, fp16, averaged if there is an average.
  static let basis = "basis.safetensors"
  /// The same tensors in fp32 as they are trained.
  static let masters = "masters.safetensors"
  static let optimiser = "optimiser.safetensors"
  static let average = "average.safetensors"

  static func write(
    _ basis: LoRABasis, _ optimiser: AdamW, _ average: MovingAverage?, step: Int, to folder: URL
  ) throws {
    var metadata = try basis.settings.metadata()
    metadata["training_info"] = #"{"step": \#(step)}"#
    var published = SafetensorsWriter(metadata: metadata)
    var masters = SafetensorsWriter(metadata: metadata)
    for parameter in basis.registry.parameters {
      let shown = average?.tensors[parameter.name] ?? parameter.tensor
      published.add(parameter.name, shape: parameter.request.shape, dtype: .float16) { shown.detach().to(.float16) }
      masters.add(parameter.name, parameter.tensor.detach())
    }
    try published.write(to: folder.appending(path: Self.basis))
    try masters.write(to: folder.appending(path: Self.masters))
    try write(optimiser, average, to: folder)
  }

  /// Tensors as they are trained, in fp32.
  static func write(_ trained: [TrainedTensor], to file: URL) throws {
    var writer = SafetensorsWriter(metadata: ["format": "pt"])
    for one in trained { writer.add(one.name, one.tensor.detach().contiguous()) }
    try writer.write(to: file)
  }

  /// The optimiser's moments and the averages.
  static func write(_ optimiser: AdamW, _ average: MovingAverage?, to folder: URL) throws {
    var moments = SafetensorsWriter(metadata: ["format": "pt"])
    for (index, one) in optimiser.trained.enumerated() {
      moments.add("first.\(one.name)", optimiser.firstMoments[index])
      moments.add("second.\(one.name)", optimiser.secondMoments[index])
    }
    try moments.write(to: folder.appending(path: Self.optimiser))
    if let average {
      var writer = SafetensorsWriter(metadata: ["format": "pt"])
      for (name, tensor) in average.tensors.sorted(by: { $0.key < $1.key }) { writer.add(name, tensor) }
      try writer.write(to: folder.appending(path: Self.average))
    }
  }

  /// The basis of a file in the published format, in fp32 memory of its own.
  static func basis(from url: URL) throws -> LoRABasis {
    let file = try BasisFile(url)
    let source = try CheckpointSource(url)
    let hasProjection = (source.names ?? []).contains { $0.hasSuffix(".att_lora_to_q.weight") }
    return try load(from: TrainableSource(source), dtype: .float32) { scope in
      try LoRABasis(
        scope, layers: file.layers, size: file.size, settings: file.router.settings, hasProjection: hasProjection)
    }
  }

  static func restore(_ optimiser: AdamW, _ average: MovingAverage?, steps: Int, from folder: URL) throws {
    let moments = try CheckpointSource(folder.appending(path: Self.optimiser))
    func copies(_ kind: String) throws -> [Tensor] {
      try optimiser.trained.map { try copy("\(kind).\($0.name)", like: $0.tensor, moments) }
    }
    optimiser.restore(steps: steps, firstMoments: try copies("first"), secondMoments: try copies("second"))
    if let average {
      let source = try CheckpointSource(folder.appending(path: Self.average))
      average.restore(
        Dictionary(uniqueKeysWithValues: try optimiser.trained.map { ($0.name, try copy($0.name, like: $0.tensor, source)) }))
    }
  }

  /// A copy in memory of its own, aligned as torch aligns.
  static func copy(_ name: String, like tensor: Tensor, _ source: CheckpointSource) throws -> Tensor {
    try source.tensor(WeightRequest(name: name, shape: tensor.shape, initial: .zeros)).clone()
  }
}
