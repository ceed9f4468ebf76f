import Foundation
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTorch

/// The reference tensors: the folder in `LORWEB_GOLDENS` if that is set, else the repository's copy.
enum Goldens {
  /// Where the parity suites compute: the CPU, or the device in `LORWEB_DEVICE` (`scripts/gpu.sh` sets it).
  ///
  /// - Throws: `TorchError` if this machine has no such device.
  static var device: Device { get throws { try Device(named: deviceName) } }
  /// Bounds are the CPU's, where the references were made; an H100 in fp32 has been up to 1.9 times as far from them.
  static var slack: Double { deviceName == "cpu" ? 1 : 3 }
  static var deviceName: String { ProcessInfo.processInfo.environment["LORWEB_DEVICE"] ?? "cpu" }

  /// Inputs and outputs of one reference, `<name>.io.safetensors`.
  static func io(_ name: String) throws -> Golden { try folder.get().golden("\(name).io") }

  /// Weights of one reference model, `<name>.weights.safetensors`.
  static func weights(_ name: String) throws -> any WeightSource {
    try CheckpointSource(folder.get().file("\(name).weights"))
  }

  /// A basis of the folder as a source of its tensors.
  static func basisSource(_ name: String) throws -> any WeightSource { try CheckpointSource(folder.get().file(name)) }

  /// Another file of the folder, such as `lorweb_tiny.basis`, by its name without the extension.
  static func file(_ name: String) throws -> URL { try folder.get().file(name) }

  /// Checked once a run.
  private static let folder = Result { try GoldenFolder(location) }

  private static var location: URL {
    if let path = ProcessInfo.processInfo.environment["LORWEB_GOLDENS"], !path.isEmpty {
      return URL(filePath: path, directoryHint: .isDirectory)
    }
    return URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Goldens", directoryHint: .isDirectory)
  }
}

/// A folder of golden files, all made from one seed.
struct GoldenFolder {
  let url: URL

  /// - Throws: `GoldenError` if there are none or two files say different seeds.
  init(_ url: URL) throws {
    self.url = url
    let files = try FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "safetensors" }
      .sorted { $0.lastPathComponent < $1.lastPathComponent }
    let seeds = try files.map { file in
      guard let seed = try SafetensorsFile(file).metadata["seed"] else { throw GoldenError.noSeed(file.lastPathComponent) }
      return (file: file.lastPathComponent, seed: seed)
    }
    guard let first = seeds.first else { throw GoldenError.empty(url.path(percentEncoded: false)) }
    if let other = seeds.first(where: { $0.seed != first.seed }) {
      throw GoldenError.mixedSeeds(first.file, first.seed, other.file, other.seed)
    }
  }

  func file(_ name: String) -> URL { url.appending(path: "\(name).safetensors", directoryHint: .notDirectory) }

  func golden(_ name: String) throws -> Golden { Golden(file: try SafetensorsFile(file(name))) }
}

/// One golden file.
struct Golden {
  let file: SafetensorsFile

  /// A copy of a tensor on the tests' device, so that no test can change what another reads.
  subscript(name: String) -> Tensor {
    get throws { try withTorchErrors { try file.tensor(name).clone().to(Goldens.device) } }
  }

  var names: [String] { file.names }

  /// The `config` entry or, of several configurations in one file, the one under `key`.
  func config<Config: Decodable>(_ type: Config.Type = Config.self, at key: String? = nil) throws -> Config {
    try JSONDecoder().decode(type, from: json("config", at: key))
  }

  /// The `notes` entry.
  func notes<Notes: Decodable>(_ type: Notes.Type = Notes.self) throws -> Notes {
    try JSONDecoder().decode(type, from: json("notes", at: nil))
  }

  /// The text of an entry of the metadata, or of one key in it.
  func json(_ entry: String, at key: String?) throws -> Data {
    guard let text = file.metadata[entry] else { throw GoldenError.noEntry(entry, file.url.lastPathComponent) }
    guard let key else { return Data(text.utf8) }
    guard let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], let value = object[key] else {
      throw GoldenError.noEntry("\(entry).\(key)", file.url.lastPathComponent)
    }
    return try JSONSerialization.data(withJSONObject: value, options: .fragmentsAllowed)
  }
}

enum GoldenError: Error, Equatable, CustomStringConvertible {
  case empty(String)
  case noSeed(String)
  case mixedSeeds(String, String, String, String)
  case noEntry(String, String)

  var description: String {
    switch self {
    case .empty(let folder): "\(folder) holds no golden files; point LORWEB_GOLDENS to a folder that make_goldens.py wrote."
    case .noSeed(let file): "\(file) does not say the seed it was made from; make the goldens again."
    case .mixedSeeds(let one, let seed, let other, let otherSeed):
      "\(one) was made from seed \(seed) and \(other) from seed \(otherSeed); goldens of two seeds can't be compared."
    case .noEntry(let entry, let file): "\(file) has no \(entry) in its metadata."
    }
  }
}
