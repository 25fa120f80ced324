# Read by nginx's ./configure when it writes its makefile: `make modules` then leaves our .so files in objs/, and
# `make install` puts them beside nginx's own modules.
cat << END                                                    >> $NGX_MAKEFILE

modules:	nginx_mcp_resource
install:	nginx_mcp_resource_install

nginx_mcp_resource:	$NGX_AUTO_CONFIG_H
	cmake -S $ngx_addon_dir -B $NGX_OBJS/nginx_mcp_resource \\
		-D CMAKE_BUILD_TYPE=RelWithDebInfo -D BUILD_TESTING=OFF \\
		-D NGINX_SOURCE_DIR=\$(CURDIR) -D NGINX_OBJS_DIR=\$(abspath $NGX_OBJS)
	cmake --build $NGX_OBJS/nginx_mcp_resource
	cp $NGX_OBJS/nginx_mcp_resource/modules/*.so $NGX_OBJS

nginx_mcp_resource_install:	nginx_mcp_resource
	mkdir -p '\$(DESTDIR)$NGX_MODULES_PATH'
	cp $NGX_OBJS/nginx_mcp_resource/modules/*.so '\$(DESTDIR)$NGX_MODULES_PATH'

.PHONY:	nginx_mcp_resource nginx_mcp_resource_install

END
