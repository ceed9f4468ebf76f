import LoRWeBTorch

/// Owns a loaded model on an engine of its own, for everybody who works with it: editors, galleries, evaluations, a server.
public actor ModelHost {
  private let engine: Engine
  private let model: LoadedModel

  public nonisolated var unownedExecutor: UnownedSerialExecutor { engine.asUnownedSerialExecutor() }

  /// Opens a model, reading settings but no weights; without a dtype it computes in what suits the model's size.
  /// - Parameter device: `cpu`, `cuda`, `cuda:1` or `mps`.
  /// - Throws: as `LoadedModel`; `TorchError` for a device that isn't here.
  public init(_ source: any ModelSource, residency: Residency = .usual, device: String = "cpu", dtype: DType? = nil) throws {
    let device = try Device(named: device)
    try self.init(on: device) { try LoadedModel(source, residency: residency, device: device, dtype: dtype) }
  }

  /// Owns the model that is made.
  public init(on device: Device, _ make: () throws -> LoadedModel) throws {
    engine = Engine(device: device)
    model = try make()
  }

  /// Runs work on the model, one piece after another: nothing is recorded for gradients, torch's errors are thrown.
  public func perform<Result: Sendable>(_ work: @Sendable (LoadedModel) throws -> Result) throws -> Result {
    try withTorchErrors { try noGrad { try work(model) } }
  }
}
