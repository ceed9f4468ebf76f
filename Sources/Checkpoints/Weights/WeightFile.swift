import Foundation
import LoRWeBModels

/// An open file of weights, for who tells files apart.
public protocol WeightFile {
  var url: URL { get }
  var byteCount: Int { get }
  /// Of all bytes before the tensors' own.
  var headerDigest: ContentDigest { get }
  /// Of the whole file, which is read for it.
  var contentDigest: ContentDigest { get }
}

extension SafetensorsFile: WeightFile {}
extension GGUFFile: WeightFile {}

/// A source whose tensors lie in files, however they are named, cut and scaled on the way.
public protocol FiledSource: WeightSource {
  var weightFiles: [any WeightFile] { get }
}

extension CheckpointSource: FiledSource {
  public var weightFiles: [any WeightFile] { files }
}

extension GGUFSource: FiledSource {
  public var weightFiles: [any WeightFile] { [file] }
}

extension Float8Source: FiledSource {
  public var weightFiles: [any WeightFile] { (base as? any FiledSource)?.weightFiles ?? [] }
}

extension RenamedSource: FiledSource {
  public var weightFiles: [any WeightFile] { (base as? any FiledSource)?.weightFiles ?? [] }
}
