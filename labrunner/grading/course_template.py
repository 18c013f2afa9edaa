"""A new course's file, with every key that there is, each with a remark; what is not needed is written as one."""

from collections.abc import Iterable
from pathlib import Path

from labrunner.errors import UsageError
from labrunner.words import say

CHINESE = """\
# 课程文件。用 labrunner course check 检查它，学生用 labrunner join 读取它。
# 里面没有任何秘密：学生会看到整个文件。以 # 开头的行是说明，去掉 # 即生效。
version: 1
course: 容器与 Kubernetes

# language: zh            # zh 或 en；不写则由学生自己选
# port: 5777              # 课程镜像仓库的端口；不写则用默认的 5777

labs:                     # 哪些实验算分；不写权重就是 1
LABS
    # weight: 2           # 在总分里的份量
    # deadline: 2026-12-24 23:59 Asia/Shanghai    # 必须写时区；也可写 2026-12-24T23:59+08:00
    # points:             # 每项检查默认 1 分
    #   network: 2                                # 这一步的每项检查
    #   network/shop_is_a_bridge_that_reaches_outside: 3   # 只这一项检查

# late:                   # 不写则迟交不扣分
#   percent-per-day: 10   # 每开始一天扣多少（占这个实验得分的百分比）
#   grace-minutes: 15     # 截止后多少分钟内不算迟
#   floor: 50             # 再迟也保留百分之多少
# attempts: best          # 多次提交取最好的 (best) 或最后的 (last)

# sources:                # 学生的机器从哪里取东西
#   images: mirror.example.org/          # 镜像站前缀
#   wheels: http://10.0.0.2:8000/wheels  # Python 包的索引或目录
#   bundle: http://10.0.0.2:8000         # labrunner bundle save 做出的离线包
#   bundle-sha256: 0000000000000000000000000000000000000000000000000000000000000000

# roster: roster.csv      # 名单：student,name,email
# overrides: overrides.csv  # 老师手工改的分
# hidden:                 # 学生看不到的检查
#   folder: ../private
#   shown: count          # 事后告诉学生：全部 (whole)、只说对错 (verdict)、只说个数 (count)
"""

ENGLISH = """\
# A course. labrunner course check examines this file; students read it with labrunner join.
# There is nothing secret in it: students see all of it. What stands behind a # says nothing.
version: 1
course: Containers and Kubernetes

# language: en            # zh or en; each student chooses where it is left out
# port: 5777              # of the course's registry; 5777 where it is left out

labs:                     # which labs count; each weighs 1 where nothing else is written
LABS
    # weight: 2           # its part in the mark
    # deadline: 2026-12-24 23:59 Asia/Shanghai    # with a time zone; or 2026-12-24T23:59+08:00
    # points:             # each check is worth 1
    #   network: 2                                # each check of this step
    #   network/shop_is_a_bridge_that_reaches_outside: 3   # this check alone

# late:                   # being late costs nothing where this is left out
#   percent-per-day: 10   # taken off the lab's points for each day that has begun
#   grace-minutes: 15     # after the deadline, that cost nothing
#   floor: 50             # percent that stays, however late
# attempts: best          # of several submissions the best one counts, or the last one

# sources:                # where students' machines get things from
#   images: mirror.example.org/          # prefix of a registry mirror
#   wheels: http://10.0.0.2:8000/wheels  # an index or a folder of Python packages
#   bundle: http://10.0.0.2:8000         # what labrunner bundle save made
#   bundle-sha256: 0000000000000000000000000000000000000000000000000000000000000000

# roster: roster.csv      # student,name,email
# overrides: overrides.csv  # marks that you changed by hand
# hidden:                 # checks that students are not shown
#   folder: ../private
#   shown: count          # what a student is told afterwards: whole, verdict or count
"""


def write(file: Path, labs: Iterable[str]) -> None:
    """Write a new course's file.

    Args:
        file: where to; its folder is there.
        labs: the labs that it begins with.

    Raises:
        UsageError: something is there already, or nothing can be written there; nothing was touched.
    """
    text = say(en=ENGLISH, zh=CHINESE).replace("LABS", "\n".join(f"  {slug}:" for slug in labs))
    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError as there:
        raise UsageError(
            say(en=f"{file} is there already", zh=f"{file} 已经存在"),
            hint=say(en="name another file: labrunner course init FILE", zh="换一个文件名：labrunner course init FILE"),
        ) from there
    except OSError as wrong:
        why = wrong.strerror or str(wrong)
        raise UsageError(say(en=f"{file} cannot be written: {why}", zh=f"无法写入 {file}：{why}")) from wrong
