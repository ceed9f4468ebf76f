import Foundation
import LoRWeBTorch
import Testing

@Suite("Memory")
struct MemoryTests {
  /// Memory that says when it is let go.
  private final class Owner: Sendable {
    nonisolated(unsafe) let bytes = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
    private let released: @Sendable () -> Void

    init(released: @escaping @Sendable () -> Void) {
      self.released = released
      bytes.initializeMemory(as: Float.self, repeating: 0, count: 16)
    }

    deinit {
      bytes.deallocate()
      released()
    }
  }

  private final class Flag: @unchecked Sendable { var isSet = false }

  @Test("A tensor over foreign memory copies nothing and keeps the owner until the last view is gone")
  func foreign() throws {
    let released = Flag()
    try withTorchErrors {
      var tail: Tensor?
      do {
        let owner = Owner { released.isSet = true }
        let bytes = owner.bytes
        let whole = Tensor(bytes: bytes, shape: [4, 4], dtype: .float32, owner: owner)
        #expect(whole.withUnsafeBytes { $0.baseAddress } == UnsafeRawPointer(bytes))
        whole.copyInPlace(.full([], 2))
        #expect(bytes.load(as: Float.self) == 2)
        tail = whole.narrowed(0, from: 3, count: 1)
        #expect(tail?.sharesStorage(with: whole) == true && tail?.withUnsafeBytes { $0.count } == 16)
      }
      #expect(!released.isSet)
      #expect(tail?.sum().item() == 8)
      tail = nil
      #expect(released.isSet)
    }
  }

  @Test("A tensor without elements over foreign memory lets the owner go too")
  func foreignEmpty() throws {
    let released = Flag()
    try withTorchErrors {
      do {
        let owner = Owner { released.isSet = true }
        #expect(Tensor(bytes: owner.bytes, shape: [0, 4], dtype: .float32, owner: owner).count == 0)
      }
      #expect(released.isSet)
    }
  }

  @Test("A shape that can't be is an error and lets the owner go", arguments: [[-1], [Int.max, Int.max], [1 << 62, 4]])
  func foreignBadShape(shape: [Int]) {
    let released = Flag()
    #expect(throws: TorchError.self) {
      try withTorchErrors {
        let owner = Owner { released.isSet = true }
        _ = Tensor(bytes: owner.bytes, shape: shape, dtype: .float32, owner: owner)
      }
    }
    #expect(released.isSet)
  }

  @Test("A private mapping of a file is read without copying and written without touching the file")
  func mapped() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "mapped-\(UUID()).bin")
    defer { try? FileManager.default.removeItem(at: url) }
    try Data([1, 2, 3, 4]).write(to: url)
    let descriptor = open(url.path, O_RDONLY)
    defer { close(descriptor) }
    let address = try #require(mmap(nil, 4, PROT_READ | PROT_WRITE, MAP_PRIVATE, descriptor, 0))
    defer { munmap(address, 4) }
    try withTorchErrors {
      let x = Tensor(bytes: address, shape: [4], dtype: .uint8, owner: Flag())
      #expect(x.array() == [UInt8(1), 2, 3, 4])
      x.copyInPlace(.full([], 9))
    }
    #expect(try Data(contentsOf: url) == Data([1, 2, 3, 4]))
  }

  #if os(Linux)
  /// Bytes that this process holds, in memory or swapped out by a system short of it; tests that ask run in a process of their
  /// own, as others take memory at the same time.
  private static var held: Int {
    let lines = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8))?.split(separator: "\n") ?? []
    return ["VmRSS:", "VmSwap:"].reduce(0) { sum, name in
      let number = lines.first { $0.hasPrefix(name) }?.split(whereSeparator: \.isWhitespace).dropFirst().first
      return sum + (number.flatMap { Int($0) } ?? 0) * 1024
    }
  }

  @Test("A hundred tensors of 64 MB one after another take the room of a few")
  func flat() async {
    await #expect(processExitsWith: .success) {
      let before = Self.held
      var most = 0
      try withTorchErrors {
        for _ in 0..<100 {
          let x = Tensor.ones([16 << 20])
          most = max(most, Self.held)
          #expect(x.count == 16 << 20)
        }
      }
      #expect(most - before >= 64 << 20)
      #expect(most - before < 256 << 20)
      #expect(Self.held - before < 128 << 20)
    }
  }

  @Test("What many small tensors took is given back after trimming")
  func trimming() async {
    await #expect(processExitsWith: .success) {
      let before = Self.held
      var full = 0
      try withTorchErrors {
        let tensors = (0..<160).map { Tensor.ones([(1 + $0 % 8) << 18]) }
        #expect(tensors.count == 160)
        full = Self.held
      }
      #expect(full - before > 600 << 20)
      Engine.trimMemory()
      #expect(Self.held - before < 128 << 20)
    }
  }
  #endif
}
