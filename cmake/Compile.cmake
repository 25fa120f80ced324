# How our own code is compiled.

add_library(project_warnings INTERFACE)
target_compile_options(project_warnings INTERFACE -Wall -Wextra -Werror)

# add_room(<name> GLOB <folder> [LIBRARIES <target>...] [PRIVATE_LIBRARIES <target>...])
# A static library of every .cpp below a folder; without any, only its include path and libraries.
function(add_room name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "GLOB" "LIBRARIES;PRIVATE_LIBRARIES")
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${arg_GLOB}/*.cpp)
    if(NOT sources)
        add_library(${name} INTERFACE)
        target_include_directories(${name} INTERFACE ${PROJECT_SOURCE_DIR}/src)
        target_link_libraries(${name} INTERFACE ${arg_LIBRARIES})
        return()
    endif()
    add_library(${name} STATIC ${sources})
    target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(${name} PUBLIC ${arg_LIBRARIES} PRIVATE ${arg_PRIVATE_LIBRARIES} project_warnings)
endfunction()
