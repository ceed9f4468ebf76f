import Foundation
import LoRWeBCheckpoints
import LoRWeBTestSupport
import LoRWeBTorch
import Testing

#if compiler(>=6.2) && os(Linux)
/// Writing where there is no room, each in a process of its own because limits and mounts are a process's.
@Suite("Safetensors writer without room")
struct FullDiskTests {
  @Test("A file that can't grow to its size leaves the old one as it was")
  func fileSizeLimit() async {
    await #expect(processExitsWith: .success) {
      var limit = rlimit(rlim_cur: 4096, rlim_max: 4096)
      signal(SIGXFSZ, SIG_IGN)
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      let folder = try TemporaryFolder()
      try expectUntouched(in: folder.url, "can't be written (File too large)") { counting([100_000]) }
    }
  }

  @Test("A disk that fills up while a file is written leaves the old one as it was", .enabled(if: canMount, "needs root"))
  func fullDisk() async {
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      try onSmallDisk(at: folder.url) {
        // The disk has room when writing begins; the tensor's own making takes it away.
        try expectUntouched(in: folder.url, "needs 400072 bytes and the disk filled up") {
          try Data(count: 800_000).write(to: folder["ballast"])
          return counting([100_000])
        }
      }
    }
  }
}

/// Writes one tensor of 100,000 numbers over an old file, which must fail with these words and leave that file alone.
private func expectUntouched(in folder: URL, _ words: String, make: @escaping () throws -> Tensor) throws {
  let target = folder.appending(path: "out.safetensors")
  try Data("old".utf8).write(to: target)
  var writer = SafetensorsWriter()
  writer.add("w", shape: [100_000], dtype: .float32, make: make)
  #expect(checkpointError { try writer.write(to: target) }?.problem.contains(words) == true)
  #expect(try Data(contentsOf: target) == Data("old".utf8))
  let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
  #expect(Set(names).isSubset(of: ["out.safetensors", "ballast"]))
}

/// Whether this process may make a mount namespace: as root, outside most containers.
private let canMount: Bool = {
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/unshare")
  process.arguments = ["-m", "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", "/mnt"]
  process.standardError = FileHandle.nullDevice
  guard (try? process.run()) != nil else { return false }
  process.waitUntilExit()
  return process.terminationStatus == 0
}()

/// Runs `body` while a disk of 1 MiB is mounted that this thread alone sees. Glibc's Swift module lacks these calls.
private func onSmallDisk(at folder: URL, _ body: () throws -> Void) throws {
  typealias Unshare = @convention(c) (CInt) -> CInt
  typealias Text = UnsafePointer<CChar>
  typealias Mount = @convention(c) (Text, Text, Text?, CUnsignedLong, Text?) -> CInt
  typealias Unmount = @convention(c) (Text, CInt) -> CInt
  let unshare = unsafeBitCast(try #require(dlsym(nil, "unshare")), to: Unshare.self)
  let mount = unsafeBitCast(try #require(dlsym(nil, "mount")), to: Mount.self)
  let unmount = unsafeBitCast(try #require(dlsym(nil, "umount2")), to: Unmount.self)
  let (newNamespace, privateTree): (CInt, CUnsignedLong) = (0x0002_0000, 0x0004_4000)
  try #require(unshare(newNamespace) == 0)
  try #require(mount("none", "/", nil, privateTree, nil) == 0)
  try #require(mount("tmpfs", folder.path, "tmpfs", 0, "size=1m") == 0)
  defer { _ = unmount(folder.path, 0) }
  try body()
}
#endif
