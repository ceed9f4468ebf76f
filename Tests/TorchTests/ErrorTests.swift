import Foundation
import LoRWeBTorch
import Testing

@Suite("Errors")
struct ErrorTests {
  @Test("A failed operator's text is torch's, and the first failure is the one that is thrown")
  func first() throws {
    let error = #expect(throws: TorchError.self) {
      try withTorchErrors {
        let sum = doubles([1, 2, 3]) + doubles([1, 2])
        #expect(!sum.isDefined && sum.description == "undefined tensor")
        _ = (sum * 2).reshaped([7, 7])
      }
    }
    let text = try #require(error).description
    #expect(text.hasPrefix("aten::add.Tensor: The size of tensor a (3) must match the size of tensor b (2)"))
    #expect(error?.localizedDescription == text)
  }

  @Test("A torch failure explains more than what it made the body throw; without one the body's error comes through")
  func bodyThrows() {
    struct Consequence: Error {}
    #expect(throws: TorchError.self) {
      try withTorchErrors {
        _ = doubles([1, 2]).reshaped([3])
        throw Consequence()
      }
    }
    #expect(throws: Consequence.self) { try withTorchErrors { throw Consequence() } }
  }

  @Test("An inner scope keeps its errors, the outer one goes on")
  func nested() throws {
    let value = try withTorchErrors {
      #expect(throws: TorchError.self) { try withTorchErrors { _ = doubles([1, 2]).reshaped([3]) } }
      return (doubles([1]) + 1).item()
    }
    #expect(value == 2)
  }

  @Test("Everything a failed operator gives back can be asked about without ending the process")
  func undefined() {
    #expect(throws: TorchError.self) {
      try withTorchErrors {
        let x = doubles([1, 2]).reshaped([3])
        #expect(x.shape == [] && x.strides == [] && x.count == 0 && x.byteCount == 0 && x.storageByteCount == 0)
        #expect(!x.isContiguous && x.device == .cpu && !x.requiresGrad && x.grad == nil && !x.sharesStorage(with: x))
        #expect(x.array() == [Float]() && x.item().isNaN && x.size(0) == 0)
        #expect(!x.all())
        #expect(x.withUnsafeBytes { $0.count } == 0)
        #expect(x.chunked(3, along: 0).count == 3)
        x.backward()
        x.grad = x
        x.requiringGrad()
        #expect(gradients(of: [x], withRespectTo: [x]).count == 1)
      }
    }
  }

  @Test("An operator outside every scope ends the process with torch's text")
  func outside() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([2]) + Tensor.zeros([3])
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("outside withTorchErrors: aten::add.Tensor: The size of tensor a (2)"))
  }
}

@Suite("Devices")
struct DeviceTests {
  @Test("The CPU is there under both its names")
  func cpu() throws {
    #expect(try Device(named: "cpu") == .cpu)
    #expect(try Device(named: "cpu:0").description == "cpu:0")
    #expect(Device.count(of: .cpu) == 1 && Device.count(of: .meta) == 0)
  }

  @Test(
    "What is no device is refused in one sentence that says what is one",
    arguments: ["", "gpu", "CPU", "meta", "cuda:", "cuda:x", "cuda:-1", "xpu", "cpu 0", "cuda:99999999999"])
  func unknown(name: String) {
    #expect(throws: TorchError("\"\(name)\" is not a device: say cpu, cuda, cuda:1 or mps.")) { try Device(named: name) }
  }

  @Test(
    "A device that this machine lacks is refused in one sentence that names it", arguments: ["cuda", "cuda:0", "mps", "cpu:1"])
  func absent(name: String) throws {
    // On a machine that has it there is nothing to refuse.
    let kind = try #require(Device.Kind.allCases.first { name.hasPrefix("\($0)") })
    guard kind == .cpu || Device.count(of: kind) == 0 else { return }
    let error = #expect(throws: TorchError.self) { try Device(named: name) }
    let text = try #require(error).description
    #expect(text.contains("\"\(name)\" is not here") && text.hasSuffix(".") && !text.contains("\n"))
  }

  @Test("A generator for a device that is not there is an error")
  func generator() {
    guard Device.count(of: .cuda) == 0 else { return }
    #expect(throws: TorchError.self) { try Generator(seed: 1, device: .meta) }
  }
}
