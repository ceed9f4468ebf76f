import Foundation
import LoRWeBAdapters
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTorch

/// The files of a checkpoint.
enum CheckpointFiles {
  static let state = "state.json"
  /// The basis as users take it: the published format, fp16, averaged if there is an average.
  static let basis = "basis.safetensors"
  /// The same tensors in fp32 as they are trained.
  static let masters = "masters.safetensors"
  private static let optimiser = "optimiser.safetensors"
  private static let average = "average.safetensors"

  /// A basis as users take it, and all its tensors as they are trained.
  static func write(_ basis: LoRABasis, averages: [String: Tensor]?, step: Int, to folder: URL) throws {
    var metadata = try basis.settings.metadata()
    metadata["training_info"] = #"{"step": \#(step)}"#
    var published = SafetensorsWriter(metadata: metadata)
    for parameter in basis.registry.parameters {
      let shown = averages?[parameter.name] ?? parameter.tensor
      published.add(parameter.name, shape: parameter.request.shape, dtype: .float16) { shown.detach().to(.float16) }
    }
    try published.write(to: folder.appending(path: Self.basis))
    try write(basis.registry.parameters.map { ($0.name, $0.tensor.detach()) }, metadata, to: folder, masters)
  }

  static func write(_ trained: [TrainedTensor], to folder: URL) throws {
    try write(trained.map { ($0.name, $0.tensor.detach().contiguous()) }, to: folder, masters)
  }

  static func write(_ optimiser: AdamW, _ average: MovingAverage?, to folder: URL) throws {
    let moments = zip(optimiser.trained, zip(optimiser.firstMoments, optimiser.secondMoments)).flatMap { one, moments in
      [("first.\(one.name)", moments.0), ("second.\(one.name)", moments.1)]
    }
    try write(moments, to: folder, Self.optimiser)
    if let average { try write(average.tensors.sorted { $0.key < $1.key }.map { ($0, $1) }, to: folder, Self.average) }
  }

  private static func write(
    _ tensors: [(String, Tensor)], _ metadata: SafetensorsMetadata = ["format": "pt"], to folder: URL, _ name: String
  ) throws {
    var writer = SafetensorsWriter(metadata: metadata)
    for (name, tensor) in tensors { writer.add(name, tensor) }
    try writer.write(to: folder.appending(path: name))
  }

  static func restore(_ trained: [TrainedTensor], from folder: URL) throws {
    let masters = try copies(of: trained, CheckpointSource(folder.appending(path: masters)))
    noGrad { for (one, master) in zip(trained, masters) { one.assign(master) } }
  }

  static func restore(_ optimiser: AdamW, _ average: MovingAverage?, steps: Int, from folder: URL) throws {
    let (trained, moments) = (optimiser.trained, try CheckpointSource(folder.appending(path: Self.optimiser)))
    optimiser.firstMoments = try copies(of: trained, moments, prefix: "first.")
    optimiser.secondMoments = try copies(of: trained, moments, prefix: "second.")
    optimiser.steps = steps
    if let average {
      let saved = try copies(of: trained, CheckpointSource(folder.appending(path: Self.average)))
      average.tensors = Dictionary(zip(trained.map(\.name), saved)) { first, _ in first }
    }
  }

  /// Copies in memory of their own, aligned as torch aligns, where the trained tensors are.
  private static func copies(of trained: [TrainedTensor], _ source: CheckpointSource, prefix: String = "") throws -> [Tensor] {
    try trained.map { one in
      let request = WeightRequest(name: prefix + one.name, shape: one.tensor.shape, initial: .zeros)
      return try source.tensor(request).clone().to(one.tensor.device)
    }
  }
}

/// What a checkpoint says besides tensors (`state.json`).
public struct RunState<Settings: RunSettings>: Codable, Sendable {
  public private(set) var version = 1
  /// Steps done.
  public let step: Int
  public let config: Settings
  let generator: Data
  /// The data's position, if it doesn't follow from the step.
  let position: Data?
  let health: RouterHealth?
}

extension RunState {
  /// - Throws: `TrainingError.badRun` for a checkpoint whose state can't be read.
  public init(_ checkpoint: RunFolder.Checkpoint) throws {
    let file = checkpoint.url.appending(path: CheckpointFiles.state)
    guard let state = try? JSONDecoder().decode(Self.self, from: Data(contentsOf: file)), state.version == 1 else {
      throw TrainingError.badRun(
        folder: checkpoint.url.path(percentEncoded: false),
        problem: "its \(CheckpointFiles.state) is missing, of another kind of run or of another version")
    }
    self = state
  }

  func write(to folder: URL) throws { try readableJSON().writeDurably(to: folder.appending(path: CheckpointFiles.state)) }
}
