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
  static let optimiser = "optimiser.safetensors"
  static let average = "average.safetensors"

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
    try write(basis.registry.parameters.map { ($0.name, $0.tensor.detach()) }, metadata, to: folder, Self.masters)
  }

  /// Tensors as they are trained, in fp32.
  static func write(_ trained: [TrainedTensor], to folder: URL) throws {
    try write(trained.map { ($0.name, $0.tensor.detach().contiguous()) }, to: folder, masters)
  }

  /// The optimiser's moments and the averages.
  static func write(_ optimiser: AdamW, _ average: MovingAverage?, to folder: URL) throws {
    let moments = optimiser.trained.indices.flatMap { index in
      let name = optimiser.trained[index].name
      return [("first.\(name)", optimiser.firstMoments[index]), ("second.\(name)", optimiser.secondMoments[index])]
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
    let source = try CheckpointSource(folder.appending(path: masters))
    try noGrad {
      for one in trained { one.assign(try copy(one.name, like: one.tensor, source)) }
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
      let saved = try optimiser.trained.map { ($0.name, try copy($0.name, like: $0.tensor, source)) }
      average.restore(Dictionary(saved, uniquingKeysWith: { first, _ in first }))
    }
  }

  /// A copy in memory of its own, aligned as torch aligns, where `tensor` is.
  private static func copy(_ name: String, like tensor: Tensor, _ source: CheckpointSource) throws -> Tensor {
    try source.tensor(WeightRequest(name: name, shape: tensor.shape, initial: .zeros)).clone().to(tensor.device)
  }
}
