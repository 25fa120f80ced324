# nginx dynamic modules built by CMake alone.
#
#   nginx_headers                  interface target: nginx's headers, as SYSTEM
#   add_nginx_module(<name> SOURCES <file>... [LIBRARIES <target>...] [FILTER <filter>])
#                                  builds <build>/modules/<name>.so, which holds the nginx module <name>, and <filter>, whose
#                                  body filter gets what nginx's copy filter has read into memory (HTTP_AUX_FILTER)
#
# Where the headers come from:
#   default                        Debian's nginx-dev; its configure runs once, into <build>/nginx
#   -DNGINX_SOURCE_DIR=<tree>      any nginx source tree on which ./configure was run (objs/ exists)
#   -DNGINX_OBJS_DIR=<dir>         only when that configure used another --builddir
#
# A module loads into an nginx of the same version, built with the same flags or with --with-compat on both sides.

set(NGINX_SOURCE_DIR "" CACHE PATH "Configured nginx source tree; empty: Debian's nginx-dev")
set(NGINX_OBJS_DIR "" CACHE PATH "Folder with ngx_auto_config.h; empty: <NGINX_SOURCE_DIR>/objs")

function(configure_debian_nginx source_dir objs_dir)
    if(NOT EXISTS ${source_dir}/conf_flags)
        message(FATAL_ERROR "nginx headers not found: install nginx-dev, or set NGINX_SOURCE_DIR to a configured "
                            "nginx source tree")
    endif()
    # nginx-dev updated under an existing build folder: its headers and ours must stay of one version.
    file(SHA256 ${source_dir}/src/core/nginx.h version_hash)
    file(SHA256 ${source_dir}/conf_flags flags_hash)
    set(stamp "${version_hash} ${flags_hash}")
    if(EXISTS ${objs_dir}/stamp)
        file(READ ${objs_dir}/stamp old_stamp)
        if(old_stamp STREQUAL stamp)
            return()
        endif()
    endif()

    message(STATUS "Configuring nginx headers from ${source_dir}")
    # conf_flags is a bash array, made by the package for exactly this use.
    set(script ". ./conf_flags && ./configure \"\${NGX_CONF_FLAGS[@]}\" --builddir=\"$0\"")
    execute_process(COMMAND bash -ec "${script}" ${objs_dir} WORKING_DIRECTORY ${source_dir}
                    OUTPUT_VARIABLE log ERROR_VARIABLE log RESULT_VARIABLE failed)
    if(failed)
        message(FATAL_ERROR "nginx's configure failed:\n${log}")
    endif()
    file(WRITE ${objs_dir}/stamp "${stamp}")
endfunction()

if(NGINX_SOURCE_DIR)
    set(nginx_source_dir ${NGINX_SOURCE_DIR})
    set(nginx_objs_dir ${NGINX_SOURCE_DIR}/objs)
    if(NGINX_OBJS_DIR)
        set(nginx_objs_dir ${NGINX_OBJS_DIR})
    endif()
    if(NOT EXISTS ${nginx_objs_dir}/ngx_auto_config.h)
        message(FATAL_ERROR "${nginx_objs_dir}/ngx_auto_config.h not found: run nginx's ./configure first")
    endif()
else()
    set(nginx_source_dir /usr/share/nginx/src)
    set(nginx_objs_dir ${CMAKE_BINARY_DIR}/nginx)
    configure_debian_nginx(${nginx_source_dir} ${nginx_objs_dir})
endif()

file(STRINGS ${nginx_source_dir}/src/core/nginx.h nginx_version_line REGEX "define NGINX_VERSION ")
string(REGEX MATCH "[0-9.]+" NGINX_VERSION "${nginx_version_line}")
if(NGINX_VERSION VERSION_LESS 1.18)
    message(FATAL_ERROR "nginx ${NGINX_VERSION} is too old: 1.18 or later is needed")
endif()
message(STATUS "nginx headers: ${NGINX_VERSION} (${nginx_source_dir})")

# ngx_regex.h and ngx_event_openssl.h include PCRE and OpenSSL headers themselves.
add_library(nginx_headers INTERFACE)
target_include_directories(nginx_headers SYSTEM INTERFACE ${nginx_objs_dir})
foreach(folder core event event/modules event/quic os/unix http http/modules http/v2 http/v3)
    if(IS_DIRECTORY ${nginx_source_dir}/src/${folder})  # quic and v3 came with 1.25
        target_include_directories(nginx_headers SYSTEM INTERFACE ${nginx_source_dir}/src/${folder})
    endif()
endforeach()
target_link_libraries(nginx_headers INTERFACE OpenSSL::Crypto OpenSSL::SSL PkgConfig::PCRE2)

add_custom_target(modules)  # every nginx module, and nothing else

set(nginx_cmake_dir ${CMAKE_CURRENT_LIST_DIR})

function(add_nginx_module MODULE_NAME)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "FILTER" "SOURCES;LIBRARIES")
    if(arg_FILTER)
        set(FILTER_DECLARATION "\nextern ngx_module_t ${arg_FILTER};")
        set(FILTER_ADDRESS "&${arg_FILTER}, ")
        set(FILTER_NAME "\"${arg_FILTER}\", ")
        set(FILTER_ORDER "\"${arg_FILTER}\", \"ngx_http_copy_filter_module\", ")
    endif()
    set(module_table ${CMAKE_CURRENT_BINARY_DIR}/${MODULE_NAME}_table.c)
    configure_file(${nginx_cmake_dir}/nginx_module_table.c.in ${module_table} @ONLY)

    add_library(${MODULE_NAME} MODULE ${arg_SOURCES} ${module_table})
    set_target_properties(${MODULE_NAME} PROPERTIES
        PREFIX ""
        SUFFIX ".so"
        LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/modules
        LINK_DEPENDS ${nginx_cmake_dir}/nginx_module.map)
    target_link_libraries(${MODULE_NAME} PRIVATE ${arg_LIBRARIES} nginx_headers project_warnings)
    share_headers(${MODULE_NAME})
    set_source_files_properties(${module_table} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)  # the one file in C
    # as-needed: a module that fetches nothing loads no libcurl.
    # nginx loads modules with RTLD_GLOBAL: a symbol that leaves one .so would be bound by the next.
    target_link_options(${MODULE_NAME} PRIVATE
        -Wl,--as-needed -Wl,--version-script=${nginx_cmake_dir}/nginx_module.map)
    add_dependencies(modules ${MODULE_NAME})
    install(TARGETS ${MODULE_NAME} LIBRARY DESTINATION lib/nginx/modules)
endfunction()
