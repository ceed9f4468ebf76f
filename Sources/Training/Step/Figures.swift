import LoRWeBTorch

extension Tensor {
  /// A scalar as exactly as its device can hold it: to be worked with there, and read only when someone wants to know.
  var figure: Tensor { to(device.kind == .mps ? .float32 : .float64) }
}
