import Foundation
import LoRWeBCheckpoints
import LoRWeBFiles
import LoRWeBModels
import LoRWeBTorch

/// The weights of one part of a model, rewritten in another layout or type, tensor by tensor: a file larger than memory can be.
public struct WeightConversion {
  public enum Naming: String, NamedChoice {
    case diffusers, bfl
  }

  /// What the weights are, by their tensors' names.
  public let part: ModelPart
  /// Bytes that will be written, without headers.
  public let byteCount: Int
  private let settings: Settings
  private let naming: Naming
  private let source: any WeightSource
  private let tensors: [(request: WeightRequest, dtype: DType)]

  /// Shards of a folder are no larger, in bytes.
  static let shardLimit = 5_000_000_000

  /// Looks at weights of any form that is read; nothing is written yet.
  /// - Parameters:
  ///   - input: a file of weights, an index or a component's folder.
  ///   - dtype: nil for as stored, and bfloat16 where weights are quantised.
  ///   - config: the part's settings, where they lie not beside it and aren't FLUX.1-Kontext-dev's.
  /// - Throws: `CheckpointError` for weights that are none of a FLUX model's parts; `ModelError.doesNotFit` where they aren't what
  ///   the settings say.
  public init(_ input: URL, to naming: Naming = .diffusers, dtype: DType? = nil, config: URL? = nil) throws {
    let opened = try openWeights(at: input)
    let (part, weights) = try Self.recognised(opened)
    let settings =
      try config.map(ModelFolder.settings) ?? ModelFiles.settings(beside: input, for: part)
      ?? ModelPreset(named: "kontext-dev").folder.settings(of: part)
    let requests = try plan { try part.ask($0, settings) }
    try checkFit(requests, to: weights)
    let layout = naming == .bfl ? part.layouts.flatMap { WeightLayout.bfl($0, for: requests.map(\.name)) } : nil
    guard naming == .diffusers || layout != nil else {
      throw ModelFolderError.badFile(
        input.path(percentEncoded: false), "it is \(part.words), for which BFL has no names")
    }
    let written: any WeightSource = try layout?.source(of: weights) ?? weights
    let names = layout == nil ? requests.map(\.name) : written.names ?? []
    let isQuantised = dtype == nil && Self.isQuantised(opened)
    tensors = try withTorchErrors {
      try names.map { name in
        let request = WeightRequest(name: name, shape: written.shape(of: name) ?? [], initial: .zeros)
        return (request, try dtype ?? (isQuantised ? .bfloat16 : written.tensor(request).dtype))
      }
    }
    (self.part, self.settings, self.naming, source) = (part, settings, naming, written)
    byteCount = tensors.reduce(0) { $0 + $1.request.shape.reduce($1.dtype.size, *) }
  }

  /// Writes one safetensors file, or a folder with `config.json` and shards where the name doesn't end in `.safetensors`: under a
  /// temporary name, then renamed.
  /// - Throws: `ModelFolderError.alreadyThere`; what reading and writing throw.
  public func write(to output: URL, progress: @escaping (Double) -> Void = { _ in }) throws {
    let path = output.path(percentEncoded: false)
    guard !Folder.isThere(output) else { throw ModelFolderError.alreadyThere(path) }
    var done = 0
    func make(_ request: WeightRequest, _ dtype: DType) -> () throws -> Tensor {
      {
        let made = try source.tensor(request).to(dtype).clone()
        source.releasePages()
        done += made.byteCount
        progress(Double(done) / Double(max(byteCount, 1)))
        return made
      }
    }
    if output.pathExtension == "safetensors" {
      var writer = SafetensorsWriter(metadata: ["format": "pt"])
      for (request, dtype) in tensors {
        writer.add(request.name, shape: request.shape, dtype: dtype, make: make(request, dtype))
      }
      return try writer.write(to: output)
    }
    guard naming == .diffusers, let stem = part.stem else {
      throw ModelFolderError.badFile(path, "BFL's names are written as one file; give a name that ends in .safetensors")
    }
    try AtomicFolder.write(to: output) { folder in
      try settings.json.write(to: folder.appending(path: part.settingsName))
      var writer = ComponentWriter(stem: stem, limit: Self.shardLimit)
      for (request, dtype) in tensors {
        writer.add(request.name, shape: request.shape, dtype: dtype, make: make(request, dtype))
      }
      try writer.write(to: folder)
    }
  }

  /// The first part that the weights are; the refusal as a transformer if they are none.
  private static func recognised(_ opened: any WeightSource) throws -> (ModelPart, any WeightSource) {
    for part in ModelPart.allCases {
      guard let kind = part.layouts, let weights = try? RecognisedWeights(opened, as: kind) else { continue }
      return (part, weights.source)
    }
    return (.transformer, try RecognisedWeights(opened, as: .transformer).source)
  }

  private static func isQuantised(_ source: any WeightSource) -> Bool {
    switch source {
    case let gguf as GGUFSource: gguf.file.header.entries.contains { $0.type.isQuantised }
    case let checkpoint as CheckpointSource:
      (checkpoint.names ?? []).contains { [.float8E4M3, .float8E5M2].contains(checkpoint.entry($0)?.dtype) }
    default: false
    }
  }
}
