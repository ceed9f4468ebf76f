import Foundation
import LoRWeBAdapters
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTorch

/// Which basis an editor mixes.
public struct BasisChoice: Hashable, Sendable {
  public let file: URL
  /// The authors' YAML for a basis that doesn't say its router's settings.
  public let config: URL?

  public init(_ file: URL, config: URL? = nil) { (self.file, self.config) = (file, config) }
}

/// A basis whose file was opened once, known to fit a model.
public final class OpenedBasis {
  public let file: BasisFile
  let fit: Fit
  private let device: Device
  private let keeps: Bool
  private var loaded: LoRABasis?
  /// What recipes say of its files.
  private(set) lazy var contents = file.files.map { $0 as any WeightFile }.contents(Recipe.Content.init(whole:))

  init(_ file: BasisFile, fit: Fit, device: Device, keeps: Bool) {
    (self.file, self.fit, self.device, self.keeps) = (file, fit, device, keeps)
  }

  /// The basis itself on the model's device, in the types stored.
  public func basis() throws -> LoRABasis {
    if let loaded { return loaded }
    let basis = try file.basis(device: device)
    if keeps { loaded = basis }
    return basis
  }
}
