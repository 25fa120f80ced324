# How our own code is compiled.

set(SANITIZERS "" CACHE STRING "For -fsanitize=, comma-separated: address,undefined")

# Where sanitizers add code of theirs, g++ warns of what is none of ours (its manual says so): there, warnings end no build.
add_library(project_warnings INTERFACE)
target_compile_options(project_warnings INTERFACE
    -Wall -Wextra -Wshadow -Wconversion -Wformat=2
    $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Woverloaded-virtual>)
# What ngx::make() returns lives in a pool, and not with the arguments.
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 13)
    target_compile_options(project_warnings INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-dangling-reference>)
endif()
if(NOT SANITIZERS)
    target_compile_options(project_warnings INTERFACE -Werror)
endif()

# -O1: fast to build, and variables stay visible to a debugger.
set(CMAKE_C_FLAGS_DEBUG "-O1 -g -fno-omit-frame-pointer")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g -fno-omit-frame-pointer")

# Line numbers, for backtraces; what else -g says costs a sixth of the time, and packages are stripped.
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")

if(SANITIZERS)
    # Line numbers are enough for a report.
    add_compile_options(-fsanitize=${SANITIZERS} -fno-sanitize-recover=all -g1)
    add_link_options(-fsanitize=${SANITIZERS})
endif()

# Hardening, where optimization makes it effective. A failed check ends a worker; it never lets a request pass.
set(release $<CONFIG:RelWithDebInfo,Release>)
add_compile_options("$<${release}:-fstack-protector-strong;-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=2>")
add_compile_definitions($<${release}:_GLIBCXX_ASSERTIONS>)
add_link_options($<${release}:-Wl,-z,relro,-z,now>)

# It makes the build shorter, too: a file takes half the time when code is made of it in the end alone, of what is used.
if(CMAKE_BUILD_TYPE MATCHES "^Rel")
    include(CheckIPOSupported)
    check_ipo_supported(RESULT ipo_supported LANGUAGES C CXX)
    set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ${ipo_supported})
endif()

# What nearly every file includes is compiled once, for all rooms: half the time of a small file. Not where linters read, and
# files must name what they include.
function(share_headers name)
    if(NOT CMAKE_BUILD_TYPE MATCHES "^Rel" AND NOT SANITIZERS)
        return()
    elseif(name STREQUAL base)
        target_precompile_headers(base PRIVATE
            <algorithm> <array> <chrono> <expected> <functional> <map> <memory> <optional> <span> <string> <string_view> <vector>)
    else()
        target_precompile_headers(${name} REUSE_FROM base)
    endif()
endfunction()

# add_room(<name> GLOB <folder> [EXCEPT <file>] [LIBRARIES <target>...] [PRIVATE_LIBRARIES <target>...])
# A static library of every .cpp below a folder; without any, only its include path and libraries.
function(add_room name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "GLOB;EXCEPT" "LIBRARIES;PRIVATE_LIBRARIES")
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${arg_GLOB}/*.cpp)
    list(REMOVE_ITEM sources ${PROJECT_SOURCE_DIR}/${arg_EXCEPT})
    if(NOT sources)
        add_library(${name} INTERFACE)
        target_include_directories(${name} INTERFACE ${PROJECT_SOURCE_DIR}/src)
        target_link_libraries(${name} INTERFACE ${arg_LIBRARIES})
        return()
    endif()
    add_library(${name} STATIC ${sources})
    target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(${name} PUBLIC ${arg_LIBRARIES} PRIVATE ${arg_PRIVATE_LIBRARIES} project_warnings)
    share_headers(${name})
endfunction()
