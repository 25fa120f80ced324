# The commit that this was built from, into generated/revision.h: looked for at each build, written when it has changed.
# Also of sources without git's program (as in the container image), and of an archive that `git archive` has made.
if(NOT CMAKE_SCRIPT_MODE_FILE)
    set(revision_header ${CMAKE_BINARY_DIR}/generated/revision.h)
    set(revision_command ${CMAKE_COMMAND} -D SOURCE=${PROJECT_SOURCE_DIR} -D HEADER=${revision_header} -P ${CMAKE_CURRENT_LIST_FILE})
    execute_process(COMMAND ${revision_command} COMMAND_ERROR_IS_FATAL ANY)  # linters read it without a build
    add_custom_target(revision COMMAND ${revision_command} BYPRODUCTS ${revision_header} VERBATIM)
    return()
endif()

# Said by whoever builds without the repository.
set(revision "$ENV{REVISION}")

# With "-dirty" when something differs from it.
if(NOT revision AND EXISTS ${SOURCE}/.git)
    execute_process(COMMAND git describe --always --dirty --abbrev=40 --exclude=* WORKING_DIRECTORY ${SOURCE}
                    OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
    if(failed)
        set(revision "")
    endif()
endif()

# What git's program reads: HEAD names a branch, whose commit is in a file of its own or in packed-refs.
if(NOT revision AND EXISTS ${SOURCE}/.git/HEAD)
    file(STRINGS ${SOURCE}/.git/HEAD revision LIMIT_COUNT 1)
    if(revision MATCHES "^ref: (.+)$")
        set(branch ${CMAKE_MATCH_1})
        set(revision "")
        if(EXISTS ${SOURCE}/.git/${branch})
            file(STRINGS ${SOURCE}/.git/${branch} revision LIMIT_COUNT 1)
        elseif(EXISTS ${SOURCE}/.git/packed-refs)
            file(STRINGS ${SOURCE}/.git/packed-refs lines REGEX "^[0-9a-f]+ ${branch}$")
            string(REGEX MATCH "^[0-9a-f]+" revision "${lines}")
        endif()
    endif()
endif()

# `git archive` puts it there (.gitattributes).
if(NOT revision)
    file(STRINGS ${SOURCE}/packaging/revision revision LIMIT_COUNT 1)
endif()

if(NOT revision MATCHES "^[0-9a-f]+(-dirty)?$")
    set(revision "unknown: the sources do not say it")
endif()
set(text "#define MCP_RESOURCE_REVISION \"${revision}\"\n")
set(written "")
if(EXISTS ${HEADER})
    file(READ ${HEADER} written)
endif()
if(NOT written STREQUAL text)
    file(WRITE ${HEADER} "${text}")
endif()
