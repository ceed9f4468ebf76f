import CLoRWeBTorch

/// Where a tensor lives.
public struct Device: Sendable, Hashable, CustomStringConvertible {
  /// The kinds this project knows; raw values are c10::DeviceType's.
  public enum Kind: Int32, Sendable, CaseIterable {
    case cpu = 0
    case cuda = 1
    case mps = 13
    case meta = 14
  }

  /// CPU, accelerator or none.
  public let kind: Kind
  /// Which one of several; -1 is the current one.
  public let index: Int32

  init(kind: Kind, index: Int32 = -1) {
    self.kind = kind
    self.index = index
  }

  public static let cpu = Device(kind: .cpu)
  public static let meta = Device(kind: .meta)

  /// The device named `cpu`, `cuda`, `cuda:1` or `mps`.
  ///
  /// - Throws: `TorchError` if the name is none of these or this machine (or this build of libtorch) has no such device.
  public init(named name: String) throws {
    var type: Int32 = 0
    var index: Int32 = -1
    guard ct_device_parse(name, &type, &index) == 0, let kind = Kind(rawValue: type), kind != .meta else {
      throw TorchError("\"\(name)\" is not a device: say cpu, cuda, cuda:1 or mps.")
    }
    self.init(kind: kind, index: index)
    let count = Device.count(of: kind)
    guard count > 0 else {
      throw TorchError("Device \"\(name)\" is not here: libtorch \(torchVersion) sees no \(kind) device; use the device cpu.")
    }
    guard index < count else {
      throw TorchError("Device \"\(name)\" is not here: this machine has \(count) \(kind) device(s), numbered from 0.")
    }
  }

  /// How many devices of a kind libtorch can use on this machine.
  public static func count(of kind: Kind) -> Int {
    if kind == .cuda { ct_load_accelerator() }
    return Int(ct_device_count(kind.rawValue))
  }

  public var description: String { index < 0 ? "\(kind)" : "\(kind):\(index)" }
}

/// The version of libtorch this package was compiled against, such as `2.13.0`.
public var torchVersion: String { String(cString: ct_torch_version()) }
