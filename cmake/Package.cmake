# The .deb of everything: modules, command, snippets. `cpack` in the build folder makes it (./dev deb), and the container
# image is made by installing it.
include(GNUInstallDirs)
set(package_dir ${PROJECT_SOURCE_DIR}/packaging)

# A module of nginx loads only into an nginx of the same ABI: Debian's names it, a version of one's own does not.
set(nginx_dependency nginx)
set(abi_file ${nginx_source_dir}/debian/libnginx-mod.abisubstvars)
if(EXISTS ${abi_file})
    file(STRINGS ${abi_file} abi_line REGEX "^nginx:abi=")
    string(REPLACE "nginx:abi=" "" nginx_abi "${abi_line}")
    set(nginx_dependency "nginx, ${nginx_abi}")
endif()

install(DIRECTORY ${PROJECT_SOURCE_DIR}/conf/ DESTINATION /etc/nginx/conf)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/examples DESTINATION share/doc/nginx-mcp-resource
        PATTERN .gitignore EXCLUDE PATTERN keys EXCLUDE PATTERN client-secret EXCLUDE)
foreach(module auth_jwt auth_oauth2_token mcp_resource)
    string(REPLACE "_" "-" dashed ${module})
    file(WRITE ${CMAKE_BINARY_DIR}/package/mod-http-${dashed}.conf "load_module modules/ngx_http_${module}_module.so;\n")
    install(FILES ${CMAKE_BINARY_DIR}/package/mod-http-${dashed}.conf DESTINATION share/nginx/modules-available)
endforeach()
install(FILES ${package_dir}/mcp-resource.bash DESTINATION share/bash-completion/completions RENAME mcp-resource)
install(FILES ${package_dir}/copyright DESTINATION share/doc/nginx-mcp-resource)

# As Debian wants them: compressed, without the time of compression.
function(install_compressed source name destination)
    set(compressed ${CMAKE_BINARY_DIR}/package/${name}.gz)
    add_custom_command(OUTPUT ${compressed} DEPENDS ${source}
                       COMMAND gzip --best --no-name --stdout ${source} > ${compressed})
    add_custom_target(${name}.gz ALL DEPENDS ${compressed})
    add_dependencies(product ${name}.gz)
    install(FILES ${compressed} DESTINATION ${destination})
endfunction()
configure_file(${package_dir}/changelog.in ${CMAKE_BINARY_DIR}/package/changelog @ONLY)
install_compressed(${CMAKE_BINARY_DIR}/package/changelog changelog share/doc/nginx-mcp-resource)
install_compressed(${PROJECT_SOURCE_DIR}/docs/mcp-resource.1 mcp-resource.1 share/man/man1)

file(GLOB snippets RELATIVE ${PROJECT_SOURCE_DIR} conf/*.conf)
list(TRANSFORM snippets PREPEND "/etc/nginx/" OUTPUT_VARIABLE conffiles)
list(JOIN conffiles "\n" conffiles)
file(WRITE ${CMAKE_BINARY_DIR}/package/conffiles "${conffiles}\n")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_CONTACT "nginx-mcp-resource developers <developers@nginx-mcp-resource.example>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "nginx as the OAuth 2.1 resource server of an MCP server")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
    "Modules for nginx that let only requests through whose access token was
issued for this very MCP server (Model Context Protocol, Streamable HTTP), and
that tell everyone else where to get one. Tokens are JWTs or opaque ones.
With them comes the command mcp-resource: it checks a set-up, makes keys and
tokens for tests, and runs nginx from environment variables.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_NAME nginx-mcp-resource)
set(CPACK_DEBIAN_PACKAGE_SECTION httpd)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "${nginx_dependency}, ca-certificates")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_BINARY_DIR}/package/conffiles ${package_dir}/prerm)
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/package)  # its working files go there as well, not beside the sources
include(CPack)
