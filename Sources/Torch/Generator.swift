import CLoRWeBTorch

/// A random number generator that gives PyTorch's numbers for a seed on the same device.
public final class Generator: @unchecked Sendable {
  let handle: ct_generator

  /// A generator of its own; the process-wide one is never touched.
  /// - Throws: `TorchError` if the device is not there.
  public init(seed: UInt64, device: Device = .cpu) throws {
    var made: ct_generator?
    guard ct_generator_new(device.kind.rawValue, device.index, seed, &made) == 0, let made else {
      throw TorchError.last(in: "generator")
    }
    handle = made
  }

  deinit { ct_generator_free(handle) }

  /// Everything needed to go on from here: a tensor of bytes.
  /// - Throws: `TorchError` on reading; on writing see `restore`.
  public func state() throws -> Tensor {
    var state: ct_tensor?
    guard ct_generator_state(handle, &state) == 0, let state else { throw TorchError.last(in: "generator state") }
    return Tensor(owning: state)
  }

  /// Goes on from a saved state.
  /// - Throws: `TorchError` if the bytes are not a state of this kind of generator.
  public func restore(_ state: Tensor) throws {
    guard ct_generator_set_state(handle, state.handle) == 0 else { throw TorchError.last(in: "generator state") }
  }
}
