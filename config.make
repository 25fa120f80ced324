# Read by nginx's ./configure when it writes its makefile: `make modules` then leaves our .so files in objs/, and
# `make install` puts them beside nginx's own modules.
case ".$NGX_MODULES_PATH" in
    ./*) mcp_modules_path=$NGX_MODULES_PATH ;;
    *)   mcp_modules_path=$NGX_PREFIX/${NGX_MODULES_PATH:-modules} ;;
esac

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
	mkdir -p '\$(DESTDIR)$mcp_modules_path'
	cp $NGX_OBJS/nginx_mcp_resource/modules/*.so '\$(DESTDIR)$mcp_modules_path'

.PHONY:	nginx_mcp_resource nginx_mcp_resource_install

END
