#include "support/redis_server.h"

#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <thread>
#include <utility>

namespace support {
namespace {

const char* program() {
    const char* other = std::getenv("TEST_REDIS_SERVER");
    return other != nullptr ? other : "redis-server";
}

int spawn(const std::filesystem::path& folder) {
    const std::vector<std::string> arguments{program(), "--port", "0",    "--unixsocket", folder / "socket", "--save",
                                             "",        "--dir",  folder, "--logfile",    folder / "log"};
    std::vector<char*> pointers;
    for (const std::string& argument : arguments)
        pointers.push_back(const_cast<char*>(argument.c_str()));
    pointers.push_back(nullptr);
    pid_t process = -1;
    if (posix_spawnp(&process, pointers[0], nullptr, nullptr, pointers.data(), environ) != 0) return -1;
    return process;
}

}  // namespace

std::unique_ptr<RedisServer> RedisServer::start() {
    std::string folder = std::filesystem::temp_directory_path() / "unit-redis-XXXXXX";
    if (mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no temporary folder");
    const int process = spawn(folder);
    if (process == -1) {
        std::filesystem::remove_all(folder);
        return nullptr;
    }
    std::unique_ptr<RedisServer> server(new RedisServer(folder, process));
    server->connect();
    return server;
}

RedisServer::RedisServer(std::filesystem::path folder, int process) : folder_(std::move(folder)), process_(process) {}

RedisServer::~RedisServer() {
    if (socket_ != -1) ::close(socket_);
    if (process_ == -1) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    std::filesystem::remove_all(folder_);
}

void RedisServer::connect() {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    const std::string path = folder_ / "socket";
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    socket_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    while (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
        if (std::chrono::steady_clock::now() > until) throw std::runtime_error("redis-server does not start");
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
}

ngx::RedisReply RedisServer::ask(const std::vector<std::string>& arguments) {
    const std::vector<std::string_view> views(arguments.begin(), arguments.end());
    const std::string command = ngx::redis_command(views);
    if (::send(socket_, command.data(), command.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(command.size()))
        throw std::runtime_error("redis-server has ended");
    for (;;) {
        auto reply = parser_.next();
        if (!reply) throw std::runtime_error(std::string(reply.error()));
        if (*reply) return *std::move(*reply);
        std::array<char, 4096> bytes{};
        const ssize_t size = ::recv(socket_, bytes.data(), bytes.size(), 0);
        if (size <= 0) throw std::runtime_error("redis-server has ended");
        parser_.feed({bytes.data(), static_cast<std::size_t>(size)});
    }
}

}  // namespace support
