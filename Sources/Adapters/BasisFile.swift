import Foundation
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTorch

/// A basis on disk: what it holds, how its router works and who says so. Opening reads names and shapes only.
public struct BasisFile {
  public let url: URL
  public let size: BasisSize
  /// What it adapts, sorted by path.
  public let layers: [AdaptedLinear]
  /// Router settings and the place each came from.
  public let router: ResolvedRouterSettings
  /// Everything in the file's metadata, in its order.
  public let metadata: SafetensorsMetadata
  public let warnings: [String]
  private let source: CheckpointSource
  private let layout: BasisLayout

  /// Opens a basis in the published format. Router settings come from the file's own entry `lorweb`, else from `config` or a
  /// YAML beside the file, else from the paper.
  /// - Parameter config: the authors' YAML; nil looks beside the file (same name, or the only YAML there that fits).
  /// - Throws: `CheckpointError`, `FolderError`; `AdapterError` if it holds no whole basis or the settings are bad.
  public init(_ url: URL, config: URL? = nil) throws {
    let source = try CheckpointSource(url)
    let location = source.location
    let layout = try BasisLayout((source.names ?? []).map { ($0, source.shape(of: $0) ?? []) }, location: location)
    let metadata = source.files.first?.metadata ?? [:]
    var places: [(name: String, settings: PartialRouterSettings)] = []
    var warnings: [String] = []
    if let entry = metadata[BasisMetadata.key] {
      places.append(("the file's entry \(BasisMetadata.key)", try BasisMetadata.settings(entry, location: location)))
    }
    if let config {
      let yaml = try AuthorsYAML(contentsOf: config)
      guard let said = try yaml?.routerSettings() else { throw AuthorsYAML.missing(config.path(percentEncoded: false)) }
      if let first = places.first, said.contradicts(first.settings) {
        warnings.append("\(config.lastPathComponent) says otherwise than \(first.name), which was kept.")
      }
      places.append((config.lastPathComponent, said))
    } else {
      let beside = try SettingsBesideBasis(url, isNeeded: places.isEmpty)
      warnings += beside.warnings
      if let said = beside.said { places.append(said) }
    }
    var router = ResolvedRouterSettings(places)
    let (mode, told) = (router.settings.queryMode, router.settings.encoderWidth)
    guard let width = mode.embeddingWidth(query: layout.size.queryWidth), told ?? width == width else {
      throw AdapterError.badSettings(
        place: location,
        problem: "query mode \(mode.rawValue) with encoder width \(told.map(String.init) ?? "unknown") doesn't make queries of "
          + "width \(layout.size.queryWidth)")
    }
    router.set(encoderWidth: width)
    try router.settings.check(keyWidth: layout.size.keyWidth, at: location)
    (self.url, size, layers, self.router, self.metadata) = (url, layout.size, layout.layers, router, metadata)
    (self.warnings, self.source, self.layout) = (warnings, source, layout)
  }

  public var files: [SafetensorsFile] { source.files }

  public var parameterCount: Int { source.names?.reduce(0) { $0 + (source.shape(of: $1) ?? []).reduce(1, *) } ?? 0 }

  /// The basis itself, in the types stored (views of the file) or the one asked for.
  /// - Parameter wrapped: puts another source around the file's.
  /// - Throws: what reading throws; `AdapterError.badLayer` for values that are no numbers, which would paint black.
  public func basis(
    dtype: DType? = nil, device: Device = .cpu, readBy wrapped: (any WeightSource) -> any WeightSource = { $0 }
  ) throws -> LoRABasis {
    var basis = try load(from: wrapped(source), dtype: dtype, device: device) {
      try LoRABasis($0, layers: layers, size: size, settings: router.settings, hasProjection: layout.hasProjection)
    }
    // Shapes without memory have no values to look at.
    let isReal = device.kind != .meta
    if isReal, let broken = try withTorchErrors({ basis.registry.parameters.first { !$0.tensor.isFinite().all() } }) {
      throw AdapterError.badLayer(
        location: url.path(percentEncoded: false), key: broken.name, problem: "some of its values are not finite numbers")
    }
    basis.location = url.lastPathComponent
    return basis
  }

  /// Refuses an image encoder whose embeddings don't make the queries this basis takes.
  /// - Throws: `AdapterError.doesNotFitEncoder`.
  public func checkEncoder(width: Int) throws {
    let mode = router.settings.queryMode
    guard mode.queryWidth(embedding: width) == size.queryWidth else {
      throw AdapterError.doesNotFitEncoder(
        location: url.lastPathComponent, queryWidth: size.queryWidth, queryMode: mode.rawValue, encoderWidth: width,
        expected: mode.embeddingWidth(query: size.queryWidth))
    }
  }

  /// Whether a base's weights have the layers this basis adapts.
  /// - Throws: `AdapterError.doesNotFitBase`.
  @discardableResult
  public func fit(_ base: any WeightSource) throws -> Fit { try Fit(of: layers, to: base, from: url.lastPathComponent) }

  /// Writes the same tensors and metadata again, with ours as one more entry.
  /// - Throws: `CheckpointError` if the file can't be written.
  public func write(to url: URL) throws {
    var metadata = metadata
    metadata[BasisMetadata.key] = try BasisMetadata.entry(router.settings)
    var writer = SafetensorsWriter(metadata: metadata)
    for name in source.names ?? [] {
      guard let entry = source.entry(name) else { continue }
      writer.add(name, shape: entry.shape, dtype: entry.dtype) {
        try source.tensor(WeightRequest(name: name, shape: entry.shape, initial: .zeros))
      }
    }
    try writer.write(to: url)
  }
}

extension LoRABasis {
  /// Writes the basis in the published format, fp16 unless another type is asked for.
  /// - Parameter metadata: entries of the caller's; `format` and ours are added.
  /// - Throws: `CheckpointError` if the file can't be written.
  public func write(to url: URL, dtype: DType = .float16, metadata: SafetensorsMetadata = [:]) throws {
    var metadata = metadata
    metadata["format"] = "pt"
    metadata[BasisMetadata.key] = try BasisMetadata.entry(settings)
    var writer = SafetensorsWriter(metadata: metadata)
    for parameter in registry.parameters {
      writer.add(parameter.name, shape: parameter.request.shape, dtype: dtype) { parameter.tensor.detach().to(dtype) }
    }
    try writer.write(to: url)
  }
}
